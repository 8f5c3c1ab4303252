using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using StratAI.Host.Hosting;

namespace StratAI.Host.Edge;

/// <summary>
/// Whom the host believes about the client's address and scheme: the peers in <c>Proxy:Networks</c>, and nobody when it is empty. The name of the host
/// (<c>X-Forwarded-Host</c>) is taken from nobody, as nothing is made of it.
/// </summary>
internal static class Proxies
{
    private const int MostHops = 10;

    /// <exception cref="StartupException">A network cannot be read or is everybody, or the framework's own switch, which trusts everybody, is on.</exception>
    public static void AddProxies(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (configuration.GetValue<bool>("ForwardedHeaders_Enabled"))
        {
            throw new StartupException("ASPNETCORE_FORWARDEDHEADERS_ENABLED makes the host believe every peer: unset it, and name the proxies in Proxy:Networks.");
        }

        var networks = Array.ConvertAll(configuration.GetList("Proxy:Networks"), Parse);
        var hops = configuration.GetValue("Proxy:Hops", 1);
        if (hops is < 1 or > MostHops)
        {
            throw new StartupException($"Proxy:Hops is {hops}; it must be from 1 to {MostHops}: how many proxies stand in a row.");
        }

        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.ForwardLimit = hops;
            // Loopback is among the defaults: anything on this machine could then say that it is somebody else.
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in networks)
            {
                options.KnownIPNetworks.Add(network);
            }
        });
    }

    public static void UseProxies(this WebApplication app)
    {
        // With nobody known the middleware would believe everybody.
        if (app.Configuration.GetList("Proxy:Networks").Length > 0)
        {
            app.UseForwardedHeaders();
        }
    }

    private static System.Net.IPNetwork Parse(string text)
    {
        if (!text.Contains('/', StringComparison.Ordinal) && IPAddress.TryParse(text, out var address))
        {
            return new(address, address.GetAddressBytes().Length * 8);
        }

        return System.Net.IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0
            ? network
            : throw new StartupException($"Proxy:Networks has '{text}', which is neither an address nor a network such as 10.0.0.0/8; a network of everybody is not taken.");
    }
}
