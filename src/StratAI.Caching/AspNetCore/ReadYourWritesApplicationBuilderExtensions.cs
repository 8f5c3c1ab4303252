using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using StratAI.Caching.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets a session see its own writes on every instance.</summary>
public static class ReadYourWritesApplicationBuilderExtensions
{
    /// <summary>
    /// In the requests that follow, what a session invalidated is not read from any instance's cache by its later requests, on whatever instance they arrive.
    /// The sequence of a session's last invalidation is kept in Redis, by the call that invalidates, for twice <c>MaximumStaleness</c>; a request asks for it once, by one
    /// call to Redis, when it first reads the cache. Only while this instance has not learnt of that invalidation yet do its reads pass L1 by for L2. When Redis
    /// does not answer, they go to their factories. A write that could not be told to Redis does not count until it is. Costs nothing where the
    /// cache is in the process alone.
    /// </summary>
    /// <param name="app">The application; after authentication, where <paramref name="session"/> needs the user.</param>
    /// <param name="session">
    /// Names the session of a request, such as the user's id; Redis sees its hash only. With <see langword="null"/> or nothing the request sees what
    /// everybody does.
    /// </param>
    /// <returns><paramref name="app"/>.</returns>
    public static IApplicationBuilder UseReadYourWrites(this IApplicationBuilder app, Func<HttpContext, string?> session)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(session);
        return app.Use((context, next) =>
        {
            if (session(context) is { Length: > 0 } id)
            {
                ReadScope.Enter(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)));
            }

            return next(context);
        });
    }
}
