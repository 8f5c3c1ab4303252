using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StratAI.Storage;
using StratAI.Storage.AspNetCore;
using StratAI.Storage.FileSystem;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Endpoints of StratAI.Storage.</summary>
public static class StorageEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the signed URLs of files below <see cref="FileSystemOptions.PublicPath"/>, and takes what <see cref="IUploadSigner"/> let clients
    /// send, without authorization: the signature is the credential. What was changed or has expired is 403 with the code
    /// <c>signature-invalid</c> or <c>signature-expired</c>. The server's limit on the size of requests gives way to the signed one. With S3,
    /// whose server answers its own URLs, no endpoint is added.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>The endpoints' conventions, for instance to require a rate limit.</returns>
    public static IEndpointConventionBuilder MapStoredObjects(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var group = endpoints.MapGroup(options.FileSystem.PublicPath);
        if (endpoints.ServiceProvider.GetRequiredService<IUrlSigner>() is FileUrlSigner signer)
        {
            var store = endpoints.ServiceProvider.GetRequiredService<IObjectStore>();
            group.MapMethods("{**key}", [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, signer, store))
                .AllowAnonymous();
            if (endpoints.ServiceProvider.GetService<IUploadSigner>() is FileUploadSigner uploads)
            {
                group.MapMethods("{**key}", [HttpMethods.Put], context => SignedPut.ReceiveAsync(context, uploads, store)).AllowAnonymous();
                group.MapMethods("{**key}", [HttpMethods.Post], context => SignedPost.ReceiveAsync(context, uploads, store)).AllowAnonymous();
            }
        }

        return group;
    }

    private static async Task ServeAsync(HttpContext context, FileUrlSigner signer, IObjectStore store)
    {
        var key = context.Request.RouteValues["key"] as string ?? "";
        var query = context.Request.Query;
        var get = new SignedGetOptions
        {
            FileName = NullIfEmpty(query["filename"]),
            ContentType = NullIfEmpty(query["type"]),
            Inline = query["inline"] == "1",
        };
        var verdict = signer.Verify(key, query["expires"].ToString(), get, query["signature"].ToString());
        if (!await StorageProblems.RefuseAsync(context, verdict).ConfigureAwait(false))
        {
            var served = new StoredObjectResult(store, key) { FileName = get.FileName, ContentType = get.ContentType, Attachment = !get.Inline };
            await served.ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
