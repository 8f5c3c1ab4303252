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
        // A connection that takes too long ends as if it were cancelled.
        OperationCanceledException { InnerException: TimeoutException } =>
            new(ObjectStoreFailure.Unavailable, "The S3 server could not be reached.", exception) { Repetition = Repetition.Always },
        OperationCanceledException =>
            new(ObjectStoreFailure.Unavailable, "The S3 server did not answer in time.", exception) { Repetition = Repetition.IfHarmless },
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
        } => new(ObjectStoreFailure.Unavailable, "The S3 server could not be reached.", exception) { Repetition = Repetition.Always },
        HttpRequestException or IOException =>
            new(ObjectStoreFailure.Unavailable, "The connection to the S3 server broke.", exception) { Repetition = Repetition.IfHarmless },
        _ => null,
    };

    /// <summary>The failure the SDK reports.</summary>
    public static ObjectStoreException? FromSdk(Exception exception) => exception switch
    {
        // Thrown for a wrong key or secret; alone among the SDK's exceptions it is no MinioException.
        AuthorizationException or AccessDeniedException or ForbiddenException =>
            new(ObjectStoreFailure.Denied, "The S3 server refused the credentials.", exception),
        MinioException => new(ObjectStoreFailure.Unavailable, "The S3 server failed.", exception) { Repetition = Repetition.IfHarmless },
        XmlException => Unreadable(exception),
        _ => FromTransport(exception, CancellationToken.None),
    };

    /// <summary>Something answered, such as a proxy, that does not speak the protocol.</summary>
    public static ObjectStoreException Unreadable(Exception? inner = null) =>
        new(ObjectStoreFailure.Unavailable, "The S3 server answered what this package cannot read.", inner) { Repetition = Repetition.IfHarmless };

    public static ObjectStoreException ClockWrong(TimeSpan ahead) => new(
        ObjectStoreFailure.Denied,
        $"The S3 server refused the request: its clock is {ahead.Duration().TotalMinutes:F0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's.")
    {
        Repetition = Repetition.Always,
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

    public static ObjectStoreException FromAnswer(HttpResponseMessage response, string code) =>
        FromAnswer(response.StatusCode, code, response.Headers.RetryAfter?.Delta);

    public static ObjectStoreException FromAnswer(HttpStatusCode status, string code, TimeSpan? retryAfter = null)
    {
        var said = $"The S3 server answered {(int)status} {code}".TrimEnd() + ".";
        return (status, code) switch
        {
            (_, "NoSuchBucket") => BucketMissing(),
            (_, "BadDigest" or "XAmzContentSHA256Mismatch" or "IncompleteBody") => new(ObjectStoreFailure.Corrupt, said),
            (_, "EntityTooLarge") or (HttpStatusCode.RequestEntityTooLarge, _) => new(ObjectStoreFailure.TooLarge, said),
            (_, "KeyTooLongError" or "InvalidObjectName") => new(ObjectStoreFailure.InvalidKey, said),
            (_, "QuotaExceeded" or "XMinioStorageFull") or (HttpStatusCode.InsufficientStorage, _) => new(ObjectStoreFailure.Full, said),
            (_, "AuthorizationHeaderMalformed" or "AuthorizationQueryParametersError") =>
                new(ObjectStoreFailure.Denied, said + " S3.Region is perhaps not the bucket's."),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => new(ObjectStoreFailure.Denied, said),
            (HttpStatusCode.NotModified, _) => Conditions.NotModified(),
            (HttpStatusCode.PreconditionFailed, _) => new(ObjectStoreFailure.PreconditionFailed, said),
            (HttpStatusCode.RequestedRangeNotSatisfiable, _) => new(ObjectStoreFailure.RangeNotSatisfiable, said),
            (HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout, _)
                or (_, "SlowDown" or "RequestTimeout" or "InternalError" or "ServiceUnavailable") =>
                new(ObjectStoreFailure.Unavailable, said, retryAfter: retryAfter) { Repetition = Repetition.IfHarmless },
            (HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect, _) =>
                new(ObjectStoreFailure.Unavailable, said + " The bucket is perhaps in another region, or at another endpoint."),
            // 409 is a concurrent write of the key: neither has lost yet, so a later try can tell.
            _ => new(ObjectStoreFailure.Unavailable, said, retryAfter: retryAfter),
        };
    }
}
