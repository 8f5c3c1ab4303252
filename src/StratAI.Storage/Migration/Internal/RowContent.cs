namespace StratAI.Storage.Migration.Internal;

/// <summary>What a row holds: bytes that passed, or the reason why not; and the version of its data.</summary>
internal sealed record RowContent(Upload? Upload, string? Reason, string Version) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Upload?.DisposeAsync() ?? default;
}
