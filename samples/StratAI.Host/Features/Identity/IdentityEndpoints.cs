using System.ComponentModel.DataAnnotations;
using StratAI.Host.Http;
using StratAI.Host.Security;

namespace StratAI.Host.Features.Identity;

internal sealed record DevelopmentTokenRequest : IRequestBody
{
    [StringLength(CurrentUser.MaximumIdLength, MinimumLength = 1)]
    public string User { get; init; } = "";

    [StringLength(200)]
    public string? Name { get; init; }
}

internal sealed record TokenResponse(string AccessToken, string TokenType, DateTimeOffset ExpiresAt);

internal sealed record Me(string Id, string Name);

internal static class IdentityEndpoints
{
    public static void MapIdentity(this RouteGroupBuilder api)
    {
        api.MapGet("/me", (CurrentUser user) => Resource.Of(new Me(user.Id, user.Name))).WithSummary("Who the token says you are.");

        // Outside Development nothing can sign tokens, and the route does not exist.
        if (((IEndpointRouteBuilder)api).ServiceProvider.GetService<DevelopmentTokens>() is { } tokens)
        {
            api.MapPost("/dev/token", (DevelopmentTokenRequest body, TimeProvider time) =>
                {
                    var now = time.Now();
                    return new TokenResponse(tokens.Create(body.User, body.Name ?? body.User, now), "Bearer", now + DevelopmentTokens.Lifetime);
                })
                .AllowAnonymous()
                .WithCacheControl("no-store")
                .WithSummary("A token for any user you name. Only in Development.");
        }
    }
}
