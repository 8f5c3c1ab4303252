using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using StratAI.Storage.FileSystem;

namespace StratAI.Storage.AspNetCore;

/// <summary>Stores the file of a signed form: the answer of files to what S3 does with a POST policy. Its fields stand before the file.</summary>
internal static class SignedPost
{
    /// <summary>The fields and what multipart adds around them.</summary>
    private const long MaximumOverhead = 64 * 1024;

    private const int MaximumFieldBytes = 4 * 1024;

    public static async Task ReceiveAsync(HttpContext context, FileUploadSigner signer, IObjectStore store)
    {
        context.LimitBody(null);
        var (request, key) = (context.Request, context.Request.RouteValues["key"] as string ?? "");
        var (minimum, maximum, type) = (request.Query["minimum"].ToString(), request.Query["maximum"].ToString(), request.Query["type"].ToString());
        var verdict = signer.VerifyPost(key, request.Query["expires"].ToString(), minimum, maximum, type, request.Query["signature"].ToString());
        if (await StorageProblems.RefuseAsync(context, verdict).ConfigureAwait(false))
        {
            return;
        }

        var (least, most) = (long.Parse(minimum, CultureInfo.InvariantCulture), long.Parse(maximum, CultureInfo.InvariantCulture));
        var whole = Math.Min(most, long.MaxValue - MaximumOverhead) + MaximumOverhead;
        if (request.ContentLength > whole)
        {
            await StorageProblems.TooLargeAsync(context, most).ConfigureAwait(false);
            return;
        }

        context.LimitBody(whole);
        try
        {
            await ReadAsync(context, key, type.Length == 0 ? null : type, new(least, most), store).ConfigureAwait(false);
        }
        catch (BoundedStream.OutOfBoundsException exception)
        {
            await (exception.TooLarge ? StorageProblems.TooLargeAsync(context, most) : StorageProblems.TooSmallAsync(context, least))
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidDataException || exception is IOException and not BadHttpRequestException)
        {
            // The reader's words for a body that ends early or is no multipart. A client that is gone reads no answer.
            await StorageProblems.MalformedAsync(context).ConfigureAwait(false);
        }
    }

    private static async Task ReadAsync(HttpContext context, string key, string? type, BoundedStream.Bounds bounds, IObjectStore store)
    {
        var expected = FileUploadSigner.FieldsOf(key, type);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var reader = new MultipartReader(BoundaryOf(context.Request), context.Request.Body) { HeadersLengthLimit = 8 * 1024 };
        while (await reader.ReadNextSectionAsync(context.RequestAborted).ConfigureAwait(false) is { } section)
        {
            var name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                ? HeaderUtilities.RemoveQuotes(disposition.Name).ToString()
                : "";
            if (name == "file" && seen.Count == expected.Count)
            {
                var content = new BoundedStream(section.Body, bounds);
                var stored = await store.PutAsync(key, content, new() { ContentType = type ?? new PutOptions().ContentType }, context.RequestAborted)
                    .ConfigureAwait(false);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                context.Response.Headers.ETag = $"\"{stored.ETag}\"";
                context.Response.Headers.CacheControl = "no-store";
                return;
            }

            if (!expected.TryGetValue(name, out var value)
                || await ReadFieldAsync(section, context.RequestAborted).ConfigureAwait(false) != value
                || !seen.Add(name))
            {
                // Missing, changed, given twice, or not signed at all.
                await StorageProblems.SignatureInvalidAsync(context).ConfigureAwait(false);
                return;
            }
        }

        await StorageProblems.MalformedAsync(context).ConfigureAwait(false);
    }

    private static string BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is { Length: > 0 and <= 70 } boundary
            ? boundary
            : throw new InvalidDataException("The body is no multipart/form-data.");

    private static async Task<string> ReadFieldAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaximumFieldBytes];
        var length = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
