using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using StratAI.RateLimiting;
using StratAI.RateLimiting.AspNetCore.Administration;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the administration of limits.</summary>
public static class RateLimitAdministrationEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <see cref="IRateLimitAdministration"/>: <c>GET policies</c>, <c>GET policies/{policy}/buckets?limit=</c>,
    /// <c>POST policies/{policy}/peek</c> and <c>POST policies/{policy}/reset</c>. Who can call them can lift any limit, and nothing protects them by
    /// itself: add <c>RequireAuthorization</c> to what is returned. Keys are personal data: they are read from the body
    /// (<c>{"key": …, "plan": …, "group": …}</c>), never from the address, and never answered.
    /// </summary>
    /// <param name="endpoints">The application or a group of it.</param>
    /// <param name="prefix">The path in front of all of them, such as <c>/admin/limits</c>.</param>
    /// <returns>The group of these endpoints, for conventions.</returns>
    public static RouteGroupBuilder MapRateLimitAdministration(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var group = endpoints.MapGroup(prefix);
        group.MapGet("policies", AdministrationEndpoints.PoliciesAsync);
        group.MapGet("policies/{policy}/buckets", AdministrationEndpoints.BucketsAsync);
        group.MapPost("policies/{policy}/peek", AdministrationEndpoints.PeekAsync);
        group.MapPost("policies/{policy}/reset", AdministrationEndpoints.ResetAsync);
        return group;
    }
}
