using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace StratAI.Caching.AspNetCore;

/// <summary>
/// Runs before the policy of each endpoint and decides nothing: it takes the request's stamp. The store's lookup could not do that for every
/// request, as the middleware lets requests for the same key share one lookup, made on behalf of the first.
/// </summary>
internal sealed class OutputCacheStampPolicy : IOutputCachePolicy, IConfigureOptions<OutputCacheOptions>
{
    public void Configure(OutputCacheOptions options) => options.AddBasePolicy(this);

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        // The application may have put another store in our place since.
        (context.HttpContext.RequestServices.GetRequiredService<IOutputCacheStore>() as CoherentOutputCacheStore)?.Begin(context.HttpContext);
        return default;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => default;
}
