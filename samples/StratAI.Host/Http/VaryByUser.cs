using Microsoft.Net.Http.Headers;

namespace StratAI.Host.Http;

internal static class VaryByUser
{
    /// <summary>
    /// <c>Vary: Authorization</c> on what a user is answered: a browser keeps it by its address alone otherwise, and shows it to who signs in next.
    /// </summary>
    public static IApplicationBuilder UseVaryByUser(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.User.Identity?.IsAuthenticated == true)
        {
            context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Authorization);
        }

        return next(context);
    });
}
