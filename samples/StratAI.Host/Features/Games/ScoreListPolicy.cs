using Microsoft.AspNetCore.OutputCaching;

namespace StratAI.Host.Features.Games;

/// <summary>
/// Keeps the lists of a game's scores on the server until one is added. They are the same for everybody, so that an answer to one user may be given
/// to another: all that is a request's own (identity, limits, its id) is decided and written outside of what is kept.
/// </summary>
internal sealed class ScoreListPolicy : IOutputCachePolicy
{
    /// <summary>Also bounds how long a list can be old when an instance dies between a new score and its eviction.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private static readonly string[] Parameters = ["game", "limit", "offset", "cursor", "count", "sort"];

    public static string TagOf(string game) => $"scores:{game}";

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var query = context.HttpContext.Request.Query;

        // The links of a page repeat every parameter there is, and a key does not tell the order of repeated ones.
        if (query.All(parameter => parameter.Value.Count == 1 && Parameters.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase)))
        {
            (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage) = (true, true, true);
            context.ResponseExpirationTimeSpan = Lifetime;
            context.CacheVaryByRules.QueryKeys = Parameters;
            context.CacheVaryByRules.VaryByHost = false;
            context.Tags.Add(TagOf(query["game"].ToString()));
        }

        // It would give a request that comes after a new score the list begun before it, and fail all who wait when the first one's client goes away.
        context.AllowLocking = false;
        return default;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        // A kept list is the current one. With the age of its bytes a client would count it as used up.
        context.HttpContext.Response.OnStarting(
            static state =>
            {
                var headers = ((HttpResponse)state).Headers;
                headers.Remove("Age");
                headers.Remove("Date");
                return Task.CompletedTask;
            },
            context.HttpContext.Response);
        return default;
    }

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        context.AllowCacheStorage &= context.HttpContext.Response.StatusCode == StatusCodes.Status200OK;
        return default;
    }
}
