using Microsoft.AspNetCore.Http;
using StratAI.Storage.Internal;

namespace StratAI.Storage;

/// <summary>
/// Answers GET with 302 to a signed URL, <c>no-store</c>, as the URL is a credential. Whether the object exists is for the store to say. HTML,
/// SVG and other XML are only ever attachments; files keep the headers of <see cref="StoredObjectResult"/>, an S3 server has none of them, so
/// give its bucket a host of its own. <see cref="ObjectStoreException"/> passes to the application's error handling.
/// </summary>
/// <param name="signer">Of the store that the object is in.</param>
/// <param name="key">Its key.</param>
public sealed class ObjectRedirectResult(IUrlSigner signer, string key) : IResult
{
    /// <summary>The name a download is saved under; any Unicode. Default: none.</summary>
    public string? FileName { get; init; }

    /// <summary>
    /// The media type answered in place of the stored one. Default: the stored one, which S3 is then asked for unless
    /// <see cref="Attachment"/> is set.
    /// </summary>
    public string? ContentType { get; init; }

    /// <summary>Download rather than show, whatever the type. Default <see langword="false"/>.</summary>
    public bool Attachment { get; init; }

    /// <summary>How long the URL works, over 0 and at most 7 days. Default 5 min.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Writes the answer.</summary>
    /// <param name="httpContext">The request.</param>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        using var activity = StorageMetrics.Activities.StartActivity("storage.serve");
        activity?.SetTag("delivery", "redirect");
        // A name that a stream would be answered with must not fail here.
        var fileName = FileName is null ? null : string.Concat(FileName.Select(c => char.IsControl(c) ? '_' : c));
        var options = new SignedGetOptions { FileName = fileName, ContentType = ContentType, Inline = !Attachment };
        var signed = await signer.SignGetAsync(key, Lifetime, options, httpContext.RequestAborted).ConfigureAwait(false);
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status302Found;
        response.Headers.Location = signed.Url.IsAbsoluteUri ? signed.Url.AbsoluteUri : signed.Url.OriginalString;
        response.Headers.CacheControl = "no-store";
        // The URL is in no header that another site's server gets to see.
        response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
