using System.Security.Cryptography;
using StratAI.Storage.Internal;

namespace StratAI.Storage.Migration.Internal;

/// <summary>
/// Takes the bytes of a row out of its column into memory or a temporary file. The connection is free again before anybody waits for the
/// store or a client.
/// </summary>
internal sealed class ColumnReader(MigrationDatabase database, MigrationSql sql, ColumnMigrationOptions options, UploadGate gate)
{
    /// <summary>The bytes of a row that is still to move, through every check; null when it is not one.</summary>
    public async Task<RowContent?> ReceiveAsync(object id, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        if (await sql.OpenTextAsync(connection, id, legacyOnly: true, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return null;
        }

        await using var ending = text.ConfigureAwait(false);
        var stream = new Base64Stream(text, options.AllowMissingPadding);
        await using var returning = stream.ConfigureAwait(false);
        var (upload, reason) = await CheckAsync(stream, text.ContentType, cancellationToken).ConfigureAwait(false);
        try
        {
            return new(upload, reason, await text.VersionAsync(cancellationToken).ConfigureAwait(false));
        }
        catch when (upload is not null)
        {
            await upload.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The bytes of a row's column as they are, without a check; null when it has none.</summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFailure.Corrupt"/>: they are not base64.</exception>
    public async Task<ColumnBytes?> ReadAsync(object id, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        if (await sql.OpenTextAsync(connection, id, legacyOnly: false, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return null;
        }

        await using var ending = text.ConfigureAwait(false);
        var stream = new Base64Stream(text, options.AllowMissingPadding);
        await using var returning = stream.ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var spool = new Spool(gate.Options);
        try
        {
            await stream.ReadPrefixAsync(cancellationToken).ConfigureAwait(false);
            int count;
            do
            {
                var memory = await spool.GetMemoryAsync(cancellationToken).ConfigureAwait(false);
                count = await stream.ReadAsync(memory, cancellationToken).ConfigureAwait(false);
                hash.AppendData(memory.Span[..count]);
                spool.Advance(count);
            }
            while (count > 0);

            await spool.CompleteAsync(cancellationToken).ConfigureAwait(false);
            return new(spool, Convert.ToHexStringLower(hash.GetHashAndReset()), await text.VersionAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            await spool.DisposeAsync().ConfigureAwait(false);
            if (exception is Base64Exception)
            {
                throw new ObjectStoreException(ObjectStoreFailure.Corrupt, $"The column cannot be decoded. {exception.Message}", exception);
            }

            throw;
        }
    }

    private async Task<(Upload? Upload, string? Reason)> CheckAsync(Base64Stream stream, string? claimed, CancellationToken cancellationToken)
    {
        try
        {
            await stream.ReadPrefixAsync(cancellationToken).ConfigureAwait(false);
            var result = await gate.ReceiveAsync(stream, Rules(stream.DeclaredType ?? claimed), cancellationToken).ConfigureAwait(false);
            if (result.Refusal?.Reason == UploadRefusalReason.ScanFailed)
            {
                // Nobody knows yet what the row is: it is tried again, as when the store fails.
                throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "A scanner failed or took too long.");
            }

            return (result.Accepted, result.Refusal is { } refusal ? $"{refusal.Code}: {refusal.Detail}" : null);
        }
        catch (Base64Exception exception)
        {
            return (null, $"bad-base64: {exception.Message}");
        }
    }

    private UploadRules Rules(string? declared) =>
        new() { MaximumBytes = options.MaximumBytes, DeclaredContentType = declared, AllowedTypes = options.AllowedTypes };
}
