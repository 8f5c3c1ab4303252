using System.Net;
using System.Xml;
using Minio.Exceptions;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>Turns what servers, sockets and the SDK report into <see cref="ObjectStoreException"/>.</summary>
internal static class S3Errors
{
    private const int MaximumBodyBytes = 64 * 1024;

    /// <summary>
    /// The failure of a request that got no whole answer; <see langword="null"/> when the caller cancelled, or the exception is none of the
    /// transport's.
    /// </summary>
    public static ObjectStoreException? FromTransport(Exception exception, CancellationToken caller) => exception switch
    {
        _ when caller.IsCancellationRequested => null,
        OperationCanceledException => new(ObjectStoreFailure.Unavailable, "The S3 server did not answer in time.", exception),
        HttpRequestException or IOException =>
            new(ObjectStoreFailure.Unavailable, "The S3 server could not be reached, or the connection broke.", exception),
        _ => null,
    };

    /// <summary>The failure the SDK reports.</summary>
    public static ObjectStoreException? FromSdk(Exception exception, CancellationToken caller) => exception switch
    {
        // Thrown for a wrong key or secret; alone among the SDK's exceptions it is no MinioException.
        AuthorizationException or AccessDeniedException or ForbiddenException =>
            new(ObjectStoreFailure.Denied, "The S3 server refused the credentials.", exception),
        BucketNotFoundException => BucketMissing(exception),
        MinioException when !caller.IsCancellationRequested => new(ObjectStoreFailure.Unavailable, "The S3 server failed.", exception),
        XmlException => new(ObjectStoreFailure.Unavailable, "The S3 server answered what is not XML.", exception),
        _ => FromTransport(exception, caller),
    };

    public static ObjectStoreException BucketMissing(Exception? inner = null) =>
        new(ObjectStoreFailure.Unavailable, "The bucket does not exist. Create it, or set StorageOptions.S3.CreateBucket.", inner);

    /// <summary>The error code of an answer that is not a success; empty when it has none, as those to HEAD.</summary>
    public static async Task<string> ReadCodeAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaximumBodyBytes, deadline).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
            using var xml = XmlReader.Create(body, new() { Async = true, DtdProcessing = DtdProcessing.Prohibit });
            while (await xml.ReadAsync().ConfigureAwait(false))
            {
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "Code" })
                {
                    return await xml.ReadElementContentAsStringAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is XmlException or HttpRequestException or IOException or OperationCanceledException)
        {
            // The status alone has to do: a proxy's HTML page, or a connection that broke or fell silent.
        }

        return "";
    }

    public static ObjectStoreException FromAnswer(HttpResponseMessage response, string code)
    {
        var retryAfter = response.Headers.RetryAfter?.Delta;
        var said = $"The S3 server answered {(int)response.StatusCode} {code}".TrimEnd() + ".";
        return (response.StatusCode, code) switch
        {
            (_, "NoSuchBucket") => BucketMissing(),
            (_, "BadDigest" or "XAmzContentSHA256Mismatch" or "IncompleteBody") => new(ObjectStoreFailure.Corrupt, said),
            (_, "EntityTooLarge") or (HttpStatusCode.RequestEntityTooLarge, _) => new(ObjectStoreFailure.TooLarge, said),
            (_, "KeyTooLongError" or "InvalidObjectName") => new(ObjectStoreFailure.InvalidKey, said),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => new(ObjectStoreFailure.Denied, said),
            (HttpStatusCode.NotModified, _) => Conditions.NotModified(),
            (HttpStatusCode.PreconditionFailed, _) => new(ObjectStoreFailure.PreconditionFailed, said),
            (HttpStatusCode.RequestedRangeNotSatisfiable, _) => new(ObjectStoreFailure.RangeNotSatisfiable, said),
            // 409 is a concurrent write of the key: neither has lost yet, so a later try can tell.
            _ => new(ObjectStoreFailure.Unavailable, said, retryAfter: retryAfter),
        };
    }
}
