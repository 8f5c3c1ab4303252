using System.Security.Cryptography;
using StratAI.Storage.Internal;
using StratAI.Storage.Internal.Sniffing;

namespace StratAI.Storage;

/// <summary>
/// Takes an upload in, in one pass: counts, caps, hashes, finds the type from the bytes, and asks every <see cref="IUploadScanner"/>.
/// Nothing is visible anywhere before every check has passed; a refusal, a failing stream or a cancellation leaves nothing behind. Safe to
/// use concurrently.
/// </summary>
public sealed class UploadGate
{
    private readonly UploadOptions _options;
    private readonly StorageMetrics _metrics;
    private readonly UploadScanning _scanning;

    internal UploadGate(UploadOptions options, StorageMetrics metrics, UploadScanning scanning)
    {
        _options = options;
        _metrics = metrics;
        _scanning = scanning;
    }

    /// <summary>How bytes wait.</summary>
    internal UploadOptions Options => _options;

    /// <summary>Reads a body to its end, or until a rule is broken. What the body itself throws passes unchanged.</summary>
    /// <param name="body">Read from its current position; not disposed. At most one byte past the limit is read.</param>
    /// <param name="rules">What the upload may be.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The upload or the refusal.</returns>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFailure.Full"/> or <see cref="ObjectStoreFailure.Unavailable"/>: the
    /// folder of temporary files is full or failing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit of <paramref name="rules"/> is less than 1.</exception>
    public async Task<UploadResult> ReceiveAsync(Stream body, UploadRules rules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentOutOfRangeException.ThrowIfLessThan(rules.MaximumBytes, 1, nameof(rules));
        ArgumentOutOfRangeException.ThrowIfLessThan(rules.MaximumImageBytes ?? 1, 1, nameof(rules));

        using var activity = StorageMetrics.Activities.StartActivity("storage.upload");
        var started = _metrics.StartUpload();
        var spool = new Spool(_options);
        UploadResult? result = null;
        try
        {
            result = await ReceiveAsync(spool, body, rules, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            var outcome = result is null ? "failed" : result.Refusal?.Code ?? "accepted";
            activity?.SetTag("outcome", outcome);
            _metrics.Upload(outcome, spool.Length, started);
            if (result?.IsAccepted != true)
            {
                await spool.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<UploadResult> ReceiveAsync(Spool spool, Stream body, UploadRules rules, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sniffer = new ContentSniffer();
        var settled = false;
        while (true)
        {
            var memory = await spool.GetMemoryAsync(cancellationToken).ConfigureAwait(false);
            var allowed = Math.Min(memory.Length, LimitOf(rules, sniffer.Settled) + 1 - spool.Length);
            var count = allowed > 0 ? await body.ReadAsync(memory[..(int)allowed], cancellationToken).ConfigureAwait(false) : 0;
            hash.AppendData(memory.Span[..count]);
            sniffer.Append(memory.Span[..count]);
            spool.Advance(count);

            // Before the size is looked at: what is told of a file that breaks two rules must not hang on how it was cut on its way.
            if (!settled && sniffer.Settled is { } type)
            {
                settled = true;
                // The rest could not change the verdict, so it is not worth reading.
                if (Refuse(new(type), rules, out _) is { } early)
                {
                    return new(early);
                }
            }

            if (spool.Length > LimitOf(rules, sniffer.Settled))
            {
                return new(TooLarge(rules, sniffer.Settled));
            }

            if (count == 0)
            {
                break;
            }
        }

        if (spool.Length == 0)
        {
            return new(new UploadRefusal(UploadRefusalReason.Empty, "The file is empty."));
        }

        if (Differs(spool.Length, hash, rules) is { } difference)
        {
            return new(difference);
        }

        await spool.CompleteAsync(cancellationToken).ConfigureAwait(false);
        var detection = await sniffer.CompleteAsync(spool, cancellationToken).ConfigureAwait(false);
        if (spool.Length > LimitOf(rules, detection.Type))
        {
            return new(TooLarge(rules, detection.Type));
        }

        if (Refuse(detection, rules, out var stored) is { } refusal)
        {
            return new(refusal);
        }

        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        return await _scanning.ScanAsync(spool, sha256, stored, cancellationToken).ConfigureAwait(false) is { } unsafeUpload
            ? new(unsafeUpload)
            : new(new Upload(spool, sha256, stored));
    }

    private static long LimitOf(UploadRules rules, string? type) =>
        type is not null && MediaTypes.IsRasterImage(type) ? Math.Min(rules.MaximumBytes, rules.MaximumImageBytes ?? long.MaxValue) : rules.MaximumBytes;

    private static UploadRefusal TooLarge(UploadRules rules, string? type)
    {
        var limit = LimitOf(rules, type);
        return new(UploadRefusalReason.TooLarge, $"The file is larger than the {limit} bytes allowed.", type, limit);
    }

    /// <summary>The refusal of an object that lies in a store, where its size alone condemns it.</summary>
    internal UploadRefusal? RefuseSize(long size, UploadRules rules)
    {
        var refusal = size > rules.MaximumBytes ? TooLarge(rules, null) : DiffersInLength(size, rules);
        if (refusal is not null)
        {
            _metrics.Upload(refusal.Code, 0, _metrics.StartUpload());
        }

        return refusal;
    }

    private static UploadRefusal? Differs(long size, IncrementalHash hash, UploadRules rules) =>
        DiffersInLength(size, rules)
        ?? (rules.Sha256 is null || rules.Sha256.Equals(Convert.ToHexString(hash.GetCurrentHash()), StringComparison.OrdinalIgnoreCase)
            ? null
            : new(UploadRefusalReason.HashMismatch, "The file's SHA-256 is not the one that was declared."));

    private static UploadRefusal? DiffersInLength(long size, UploadRules rules) => rules.Length is { } length && size != length
        ? new(UploadRefusalReason.SizeMismatch, $"The file has {size} bytes, not the {length} that were declared.")
        : null;

    private static UploadRefusal? Refuse(Detection detection, UploadRules rules, out string type)
    {
        (type, var contradicted) = Claims.Resolve(detection, rules.DeclaredContentType, rules.FileName);
        if (contradicted is not null)
        {
            return new(UploadRefusalReason.ContentMismatch, $"The file is declared as {contradicted}, but its bytes are {type}.", type);
        }

        return rules.AllowedTypes.Contains(type)
            ? null
            : new(UploadRefusalReason.TypeNotAllowed, $"Files of type {type} are not taken.", type);
    }
}
