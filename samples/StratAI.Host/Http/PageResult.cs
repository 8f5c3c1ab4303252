using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using StratAI.Pagination;

namespace StratAI.Host.Http;

/// <summary>One page of a list, with its <c>Link</c> header.</summary>
internal sealed class PageResult<T>(Page<T> page) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Page<T>), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        PageLinks.Write(httpContext, page.Pagination);
        return httpContext.Response.WriteAsJsonAsync(page, ApiJson.Options, httpContext.RequestAborted);
    }
}
