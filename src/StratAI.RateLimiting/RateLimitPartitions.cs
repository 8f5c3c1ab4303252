using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace StratAI.RateLimiting;

/// <summary>Names the bucket of a request by who sent it.</summary>
public static class RateLimitPartitions
{
    // RFC 6052: IPv4 addresses behind NAT64 all share this /96; by /64 every IPv4 client of the translator would be one.
    private static readonly IPNetwork WellKnownNat64 = new(IPAddress.Parse("64:ff9b::"), 96);

    /// <summary>
    /// The <c>sub</c> claim, or <see cref="ClaimTypes.NameIdentifier"/>, of an authenticated user; <see langword="null"/> for anyone else, to whom the
    /// policy then does not apply. The middleware has to run after authentication.
    /// </summary>
    public static string? ByUser(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.User.Identity?.IsAuthenticated == true
            ? context.User.FindFirstValue("sub") ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier)
            : null;
    }

    /// <summary>
    /// The remote address: IPv4 as it is, also when mapped into IPv6 or translated by NAT64 (<c>64:ff9b::/96</c>); IPv6 by its /64, which is what
    /// one subscriber has. Connections without an address (Unix sockets) share one bucket. Behind a proxy it is the proxy's address
    /// unless the forwarded-headers middleware runs first.
    /// </summary>
    public static string ByIpAddress(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Connection.RemoteIpAddress is { } address ? Group(address) : "none";
    }

    /// <summary>
    /// A claim of an authenticated user, such as the tenant's; <see langword="null"/> for anyone else and without the claim, and the policy then does not apply. The
    /// middleware has to run after authentication.
    /// </summary>
    /// <param name="claimType">The claim's type, such as <c>tid</c>.</param>
    public static Func<HttpContext, string?> ByClaim(string claimType)
    {
        ArgumentException.ThrowIfNullOrEmpty(claimType);
        return context => context.User.Identity?.IsAuthenticated == true ? context.User.FindFirstValue(claimType) : null;
    }

    /// <summary>
    /// A request header, such as an API key; <see langword="null"/> without it, and the policy then does not apply. The value is the client's word: as long as nothing
    /// has verified it, a client escapes the limit by leaving it out or inventing others, so that a limit by address has to stand beside it.
    /// </summary>
    /// <param name="name">The header's name, such as <c>X-Api-Key</c>.</param>
    public static Func<HttpContext, string?> ByHeader(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return context => context.Request.Headers[name] is { Count: > 0 } values ? values.ToString() : null;
    }

    /// <summary>
    /// The endpoint: its route pattern and the methods it is mapped to, such as <c>GET /tasks/{id}</c>, which are never the client's word;
    /// <see langword="null"/> without an endpoint. Alone it is one bucket for all clients: see <see cref="Combine"/>.
    /// </summary>
    public static string? ByEndpoint(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.GetEndpoint() is not { } endpoint
            ? null
            : $"{string.Join(',', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])} "
                + ((endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName);
    }

    /// <summary>
    /// One bucket per combination, such as each user's on each endpoint: the partitions' texts joined by <c>|</c>, where <c>|</c> and <c>\</c> within them
    /// are preceded by <c>\</c>. <see langword="null"/> when one of them is <see langword="null"/> or empty.
    /// </summary>
    /// <param name="partitions">At least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Func<HttpContext, string?> Combine(params Func<HttpContext, string?>[] partitions)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        if (partitions.Length == 0)
        {
            throw new ArgumentException("Name at least one partition.", nameof(partitions));
        }

        return context =>
        {
            var parts = new string[partitions.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                if (partitions[i](context) is not { Length: > 0 } part)
                {
                    return null;
                }

                parts[i] = part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
            }

            return string.Join('|', parts);
        };
    }

    internal static string Group(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (WellKnownNat64.Contains(address))
        {
            return new IPAddress(bytes[12..]).ToString();
        }

        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
