using System.Globalization;
using Microsoft.AspNetCore.Http;

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

    private static Task WriteAsync(HttpContext context, int status, string code, string title)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Problem(statusCode: status, title: title, extensions: [new("code", code)]).ExecuteAsync(context);
    }
}
