using StratAI.Storage.Internal;

namespace StratAI.Storage.Migration.Internal;

/// <summary>The decoded bytes of a column, out of the database, and the version of its data.</summary>
internal sealed record ColumnBytes(Spool Spool, string Sha256, string Version) : IAsyncDisposable
{
    public bool AreThoseOf(MigratedRow row) => Spool.Length == row.Size && Sha256 == row.Sha256;

    public ValueTask DisposeAsync() => Spool.DisposeAsync();
}
