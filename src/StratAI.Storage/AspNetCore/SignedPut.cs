using System.Globalization;
using Microsoft.AspNetCore.Http;
using StratAI.Storage.FileSystem;

namespace StratAI.Storage.AspNetCore;

/// <summary>Stores the body of a signed PUT: the answer of files to what S3 does with a presigned one.</summary>
internal static class SignedPut
{
    public static async Task ReceiveAsync(HttpContext context, FileUploadSigner signer, IObjectStore store)
    {
        context.LimitBody(null);
        var (request, key) = (context.Request, context.Request.RouteValues["key"] as string ?? "");
        var (length, type) = (request.Query["length"].ToString(), request.Query["type"].ToString());
        var verdict = signer.VerifyPut(key, request.Query["expires"].ToString(), length, type, request.Query["signature"].ToString());
        if (await StorageProblems.RefuseAsync(context, verdict).ConfigureAwait(false))
        {
            return;
        }

        // Signed, so it is the number that was asked for.
        var expected = long.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture);
        if (request.ContentLength is null)
        {
            await StorageProblems.LengthRequiredAsync(context).ConfigureAwait(false);
            return;
        }

        if (request.ContentLength != expected || request.ContentType != type)
        {
            await StorageProblems.SignatureInvalidAsync(context).ConfigureAwait(false);
            return;
        }

        context.LimitBody(expected);
        var stored = await store.PutAsync(key, request.Body, new() { ContentType = type, Length = expected }, context.RequestAborted)
            .ConfigureAwait(false);
        context.Response.Headers.ETag = $"\"{stored.ETag}\"";
        context.Response.Headers.CacheControl = "no-store";
    }
}
