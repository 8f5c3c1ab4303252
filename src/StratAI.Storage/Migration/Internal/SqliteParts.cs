using System.Data.Common;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace StratAI.Storage.Migration.Internal;

/// <summary>A text in parts, hashed as they come: the driver gives a text as one string, which may be many megabytes.</summary>
internal sealed class SqliteParts(MigrationSql sql, object id, DbConnection connection, DbTransaction? transaction) : IDisposable
{
    /// <summary>SQLite reads the whole value for every part of it, so parts are not small.</summary>
    private const int PartLength = 256 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _read;
    private bool _ended;

    public async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return null;
        }

        var command = connection.Command(
            $"SELECT substr({sql.Data}, @from, @count) FROM {sql.Table} WHERE {sql.Id} = @id", ("@id", id), ("@from", _read + 1), ("@count", PartLength));
        command.Transaction = transaction;
        var parts = await command.ListAsync(reader => reader.TextOrNull(0), cancellationToken).ConfigureAwait(false);
        var part = parts is [{ Length: > 0 } text] ? text : null;
        _ended = part is null;
        _read += PartLength;
        _hash.AppendData(MemoryMarshal.AsBytes(part.AsSpan()));
        return part;
    }

    /// <summary>The hash of the whole text, whose rest is read for it.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
        }

        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    public void Dispose() => _hash.Dispose();
}
