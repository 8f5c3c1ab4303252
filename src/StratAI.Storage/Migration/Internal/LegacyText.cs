namespace StratAI.Storage.Migration.Internal;

/// <summary>The base64 text of one row, being read.</summary>
internal abstract class LegacyText : IAsyncDisposable
{
    /// <summary>What the row's type column claims.</summary>
    public required string? ContentType { get; init; }

    public abstract ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken);

    /// <summary>Names the data that were read, so that it can be told later whether the row still has them.</summary>
    public abstract Task<string> VersionAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
