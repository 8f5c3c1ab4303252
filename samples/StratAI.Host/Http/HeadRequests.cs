using System.Net.Mime;
using Microsoft.AspNetCore.Http.Metadata;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

internal static class HeadRequests
{
    /// <summary>
    /// Routing in which HEAD finds what GET does (RFC 9110, section 9.3.2): the endpoint runs, and the server leaves its body out. A stream of events has no
    /// end to wait for, so it has no HEAD.
    /// </summary>
    public static IApplicationBuilder UseRoutingWithHead(this IApplicationBuilder app)
    {
        var head = new object();
        app.Use((context, next) =>
        {
            if (HttpMethods.IsHead(context.Request.Method))
            {
                context.Items[head] = head;
                context.Request.Method = HttpMethods.Get;
            }

            return next(context);
        });
        app.UseRouting();
        return app.Use((context, next) =>
        {
            if (context.Items.Remove(head))
            {
                context.Request.Method = HttpMethods.Head;
                if (context.GetEndpoint()?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(IsStream) == true)
                {
                    context.Response.Headers.Allow = HttpMethods.Get;
                    return new Problem(405, "method-not-allowed", "A stream of events is only to be read.").ExecuteAsync(context);
                }
            }

            return next(context);
        });
    }

    private static bool IsStream(IProducesResponseTypeMetadata metadata) => metadata.ContentTypes.Contains(MediaTypeNames.Text.EventStream);
}
