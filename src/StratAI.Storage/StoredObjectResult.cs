using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using StratAI.Shared.Http;
using StratAI.Storage.AspNetCore;
using StratAI.Storage.Internal;

namespace StratAI.Storage;

/// <summary>
/// Answers GET and HEAD with an object, streamed with flat memory: a strong <c>ETag</c> and conditional requests, one byte range (206, 416,
/// <c>If-Range</c>), <c>Content-Disposition</c>, and headers that keep a browser from running what was uploaded. A missing object is 404.
/// HTML, SVG and other XML are only ever attachments. <see cref="ObjectStoreException"/> passes to the application's error handling.
/// </summary>
/// <param name="store">Where the object is.</param>
/// <param name="key">Its key.</param>
public sealed class StoredObjectResult(IObjectStore store, string key) : IResult
{
    /// <summary>The name a download is saved under; any Unicode. Default: none.</summary>
    public string? FileName { get; init; }

    /// <summary>The media type answered in place of the stored one. Default: the stored one.</summary>
    public string? ContentType { get; init; }

    /// <summary>Download rather than show, whatever the type. Default <see langword="false"/>.</summary>
    public bool Attachment { get; init; }

    /// <summary>The <c>Cache-Control</c> of 200, 206 and 304. Default <c>private, no-cache</c>.</summary>
    public string CacheControl { get; init; } = "private, no-cache";

    /// <summary>Writes the answer.</summary>
    /// <param name="httpContext">The request; reading the object ends when it is aborted.</param>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var request = httpContext.Request;
        ObjectInfo? known = null;
        ByteRange? range = null;
        if (Preconditions.Any(request) || request.Headers.Range.Count > 0 || HttpMethods.IsHead(request.Method))
        {
            known = await store.StatAsync(key, httpContext.RequestAborted).ConfigureAwait(false);
            if (known is null)
            {
                await StorageProblems.NotFoundAsync(httpContext).ConfigureAwait(false);
                return;
            }

            (var answered, range) = await AnswerWithoutBodyAsync(httpContext, known).ConfigureAwait(false);
            if (answered)
            {
                return;
            }
        }

        await SendAsync(httpContext, known, range).ConfigureAwait(false);
    }

    /// <summary>Everything that can be said once the object is known; else the range to read.</summary>
    private async Task<(bool Answered, ByteRange? Range)> AnswerWithoutBodyAsync(HttpContext context, ObjectInfo info)
    {
        var (etag, lastModified) = (ETagOf(info), LastModifiedOf(info));
        switch (Preconditions.Evaluate(context.Request, etag, lastModified))
        {
            case Precondition.Failed:
                await StorageProblems.PreconditionFailedAsync(context).ConfigureAwait(false);
                return (true, null);
            case Precondition.NotModified:
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                WriteValidators(context.Response, info);
                return (true, null);
        }

        if (!RequestedRange.TryGet(context.Request, etag, lastModified, info.Size, out var range))
        {
            await StorageProblems.RangeNotSatisfiableAsync(context, info.Size).ConfigureAwait(false);
            return (true, null);
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            WriteHeaders(context.Response, info, null);
            return (true, null);
        }

        return (false, range);
    }

    private async Task SendAsync(HttpContext context, ObjectInfo? known, ByteRange? range)
    {
        var content = await OpenAsync(range, context.RequestAborted).ConfigureAwait(false);
        if (known is not null && content is not null && content.Info.ETag != known.ETag)
        {
            // Replaced since it was looked up: the conditions and the range were meant for the old one, so answer with all of the new one.
            await content.DisposeAsync().ConfigureAwait(false);
            content = await OpenAsync(null, context.RequestAborted).ConfigureAwait(false);
        }

        if (content is null)
        {
            await StorageProblems.NotFoundAsync(context).ConfigureAwait(false);
            return;
        }

        await using var disposal = content.ConfigureAwait(false);
        WriteHeaders(context.Response, content.Info, content.Range);
        try
        {
            await content.Stream.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; nobody is left to answer.
        }
    }

    private async Task<ObjectContent?> OpenAsync(ByteRange? range, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(key, new() { Range = range }, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException exception) when (range is not null && exception.Failure == ObjectStoreFailure.RangeNotSatisfiable)
        {
            // It fitted the object that was looked up, so this is another, shorter one.
            return await store.GetAsync(key, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private void WriteHeaders(HttpResponse response, ObjectInfo info, ByteRange? range)
    {
        var type = ContentType ?? info.ContentType ?? MediaTypes.Binary;
        var headers = response.Headers;
        WriteValidators(response, info);
        headers.AcceptRanges = "bytes";
        headers.ContentType = type;
        headers.ContentLength = range?.Length ?? info.Size;
        headers.ContentDisposition = Disposition.Format(inline: !Attachment && !MediaTypes.IsActive(type), FileName);
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = ContentPolicy.For(type);
        if (range is { } served)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = new ContentRangeHeaderValue(served.Offset, served.Offset + served.Length!.Value - 1, info.Size).ToString();
        }
    }

    private void WriteValidators(HttpResponse response, ObjectInfo info)
    {
        response.Headers.ETag = ETagOf(info).ToString();
        response.Headers.LastModified = HeaderUtilities.FormatDate(LastModifiedOf(info));
        response.Headers.CacheControl = CacheControl;
    }

    private static EntityTagHeaderValue ETagOf(ObjectInfo info) => new($"\"{info.ETag}\"");

    /// <summary>Whole seconds, as HTTP dates have them: what a client sends back must compare equal.</summary>
    private static DateTimeOffset LastModifiedOf(ObjectInfo info) =>
        DateTimeOffset.FromUnixTimeSeconds(info.LastModified.ToUnixTimeSeconds());
}
