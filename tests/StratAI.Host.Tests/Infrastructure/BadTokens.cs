using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Tokens that are none, each for a reason of its own.</summary>
public static class BadTokens
{
    public static readonly string[] Kinds =
    [
        "nothing", "garbage", "another key", "expired", "not yet valid", "another audience", "no user", "a user with U+0000", "no expiry", "alg none", "changed payload",
    ];

    public static string Create(string kind, string valid, string user) => kind switch
    {
        "nothing" => "",
        "garbage" => "x.y.z",
        "another key" => Sign(new string('k', 40), "stratai", user, TimeSpan.FromHours(1)),
        "alg none" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{valid.Split('.')[1]}.",
        "changed payload" => $"{valid.Split('.')[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(valid.Split('.')[1]).Replace(user, "eve", StringComparison.Ordinal))}.{valid.Split('.')[2]}",
        "expired" => Sign(HostFixture.SigningKey, "stratai", user, TimeSpan.FromHours(-1)),
        "not yet valid" => Sign(HostFixture.SigningKey, "stratai", user, TimeSpan.FromHours(9), TimeSpan.FromHours(8)),
        "another audience" => Sign(HostFixture.SigningKey, "another", user, TimeSpan.FromHours(1)),
        "no user" => Sign(HostFixture.SigningKey, "stratai", null, TimeSpan.FromHours(1)),
        "a user with U+0000" => Sign(HostFixture.SigningKey, "stratai", "a\0b", TimeSpan.FromHours(1)),
        "no expiry" => Sign(HostFixture.SigningKey, "stratai", user, null),
        _ => throw new ArgumentException(kind),
    };

    public static string Sign(string key, string audience, string? user, TimeSpan? lifetime, TimeSpan notBefore = default) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            NotBefore = DateTime.UtcNow + (notBefore > default(TimeSpan) ? notBefore : TimeSpan.FromHours(-2)),
            Expires = lifetime is null ? null : DateTime.UtcNow + lifetime,
            Claims = user is null ? [] : new Dictionary<string, object> { ["sub"] = user },
            SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });
}
