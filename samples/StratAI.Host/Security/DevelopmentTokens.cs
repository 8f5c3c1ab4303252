using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace StratAI.Host.Security;

/// <summary>Signs tokens for local use. Registered in Development alone.</summary>
internal sealed class DevelopmentTokens(SymmetricSecurityKey key, string audience)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public string Create(string user, string name, DateTimeOffset now) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = TokenSetup.DevelopmentIssuer,
        Audience = audience,
        IssuedAt = now.UtcDateTime,
        NotBefore = now.UtcDateTime,
        Expires = (now + Lifetime).UtcDateTime,
        Claims = new Dictionary<string, object> { ["sub"] = user, ["name"] = name },
        SigningCredentials = new(key, SecurityAlgorithms.HmacSha256),
    });
}
