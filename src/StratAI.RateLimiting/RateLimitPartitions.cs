using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

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
