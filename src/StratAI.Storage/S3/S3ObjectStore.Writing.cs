using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>Writing (PutObject).</summary>
internal sealed partial class S3ObjectStore
{
    /// <summary>The most S3 takes in one PUT.</summary>
    private const long MaximumBytes = 5L * 1024 * 1024 * 1024;

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        options ??= new();
        PutRules.Validate(options);
        ObjectKey.Validate(key);

        if (SourceReader.LengthOf(content, options.Length) is { } length)
        {
            return await PutAsync(key, new UploadSource(content, length), options, cancellationToken).ConfigureAwait(false);
        }

        var spool = await Spool.FillAsync(uploads, new SourceReader(content, null), MaximumBytes, cancellationToken).ConfigureAwait(false);
        await using var disposal = spool.ConfigureAwait(false);
        return await PutAsync(key, new UploadSource(spool.OpenRead(), spool.Length), options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ObjectInfo> PutAsync(string key, UploadSource source, PutOptions options, CancellationToken cancellationToken)
    {
        if (source.Length > MaximumBytes)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.TooLarge, $"The stream is {source.Length} bytes long, over the {MaximumBytes} stored in one piece.");
        }

        var metadata = PutRules.Normalize(options.Metadata);
        var request = new S3Request(HttpMethod.Put, key) { Headers = [.. HeadersOf(metadata)] };
        if (options.OnlyIfAbsent)
        {
            request = request with { Headers = [.. request.Headers, new("if-none-match", "*")] };
        }

        try
        {
            return await connection.RunAsync(
                "put",
                async timer =>
                {
                    var (etag, date) = await PutOnceAsync(request, source, options.ContentType, timer, cancellationToken).ConfigureAwait(false);
                    return new ObjectInfo
                    {
                        Key = key,
                        Size = source.Length,
                        ETag = etag,
                        ContentType = options.ContentType,
                        LastModified = date,
                        Metadata = metadata,
                    };
                },
                cancellationToken,
                // Had the first request won, and only its answer been lost, the second would find its own object and call the key taken.
                failure => source.CanRepeat && (failure.Repetition == Repetition.Always || !options.OnlyIfAbsent)).ConfigureAwait(false);
        }
        catch (SourceFailedException failed)
        {
            failed.Failure.Throw();
            throw;
        }
    }

    private async Task<(string ETag, DateTimeOffset Date)> PutOnceAsync(
        S3Request request, UploadSource source, string contentType, StallTimer timer, CancellationToken cancellationToken)
    {
        var reader = source.Open();
        using var content = new UploadContent(reader, source.Length, timer);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        try
        {
            using var response = await connection.SendAsync(request with { Content = content }, timer, cancellationToken).ConfigureAwait(false);
            await connection.RequireAsync(response, timer, cancellationToken).ConfigureAwait(false);
            return (ReadETag(response), response.Headers.Date ?? connection.Clock.Now);
        }
        catch (ObjectStoreException) when (reader.Failure is not null)
        {
            // The connection broke because the body did.
            throw new SourceFailedException(reader.Failure);
        }
        finally
        {
            source.IsLost |= !await connection.StopAsync(content).ConfigureAwait(false);
        }
    }
}
