using System.Globalization;
using Microsoft.AspNetCore.Http;
using StratAI.Storage.FileSystem;

namespace StratAI.Storage.AspNetCore;

/// <summary>
/// Problem documents (RFC 9457) of the endpoints, with a stable <c>code</c>. They go through the application's problem details service if
/// it has one.
/// </summary>
internal static class StorageProblems
{
    public static Task NotFoundAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status404NotFound, "not-found", "There is no such object.");

    public static Task PreconditionFailedAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status412PreconditionFailed, "precondition-failed", "The object has changed.");

    public static Task RangeNotSatisfiableAsync(HttpContext context, long size)
    {
        context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
        return WriteAsync(context, StatusCodes.Status416RangeNotSatisfiable, "range-not-satisfiable", "The range lies outside the object.");
    }

    public static Task SignatureInvalidAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status403Forbidden, "signature-invalid", "The URL's signature is not valid.");

    public static Task SignatureExpiredAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status403Forbidden, "signature-expired", "The URL has expired.");

    /// <summary>Answers a request whose signature does not hold, and says whether it did.</summary>
    public static async ValueTask<bool> RefuseAsync(HttpContext context, FileSignature.Verdict verdict)
    {
        if (verdict == FileSignature.Verdict.Valid)
        {
            return false;
        }

        await (verdict == FileSignature.Verdict.Expired ? SignatureExpiredAsync(context) : SignatureInvalidAsync(context)).ConfigureAwait(false);
        return true;
    }

    public static Task LengthRequiredAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status411LengthRequired, "length-required", "The request has no Content-Length.");

    public static Task TooLargeAsync(HttpContext context, long maximum) =>
        WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "too-large", $"The file is larger than the {maximum} bytes allowed.");

    public static Task TooSmallAsync(HttpContext context, long minimum) =>
        WriteAsync(context, StatusCodes.Status400BadRequest, "too-small", $"The file is smaller than the {minimum} bytes required.");

    public static Task MalformedAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status400BadRequest, "malformed-multipart", "The body is no whole multipart/form-data with a file.");

    private static Task WriteAsync(HttpContext context, int status, string code, string title)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Problem(statusCode: status, title: title, extensions: [new("code", code)]).ExecuteAsync(context);
    }
}
