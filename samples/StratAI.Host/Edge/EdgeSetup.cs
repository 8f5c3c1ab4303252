using Microsoft.AspNetCore.HostFiltering;

namespace StratAI.Host.Edge;

/// <summary>What stands between the network and the API: proxies, response headers, other origins, the server's limits.</summary>
internal static class EdgeSetup
{
    /// <summary>Kestrel's default is 30 s: a client that sends its headers drop by drop holds a connection for as long.</summary>
    public static readonly TimeSpan RequestHeadersTimeout = TimeSpan.FromSeconds(10);

    public static void AddEdge(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(options => options.Limits.RequestHeadersTimeout = RequestHeadersTimeout);
        // Its page in HTML is no answer of an API.
        builder.Services.Configure<HostFilteringOptions>(options => options.IncludeFailureMessage = false);
        builder.AddProxies();
        builder.AddOrigins();
        builder.Services.AddSingleton<ResponseHeaders>();
    }

    /// <summary>Before everything that looks at the client's address or scheme, and around everything that answers.</summary>
    public static void UseEdge(this WebApplication app)
    {
        app.UseProxies();
        var headers = app.Services.GetRequiredService<ResponseHeaders>();
        app.Use((context, next) =>
        {
            headers.Register(context);
            return next(context);
        });
    }
}
