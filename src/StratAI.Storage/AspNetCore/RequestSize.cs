using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace StratAI.Storage.AspNetCore;

internal static class RequestSize
{
    /// <summary>
    /// Sets the server's limit on the body; <see langword="null"/> is none. A refusal needs that too: Kestrel breaks the connection in place of
    /// answering when the body that it was not asked for is over its limit. It reads such a rest for five seconds at most.
    /// </summary>
    public static void LimitBody(this HttpContext context, long? bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = bytes;
        }
    }
}
