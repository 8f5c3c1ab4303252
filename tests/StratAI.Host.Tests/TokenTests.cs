using System.Net.Http.Headers;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

/// <summary>What is and what is not taken for a token.</summary>
public abstract class TokenTests(HostFixture host)
{
    [Fact]
    public async Task A_development_token_names_its_user()
    {
        var scrubber = new Scrubber();
        var ada = await host.NewUserAsync("ada");
        using var http = host.Host.Anonymous();
        await Verifier.Verify(new
        {
            token = scrubber.Show(await new ApiClient(http, "").PostAsync("/api/dev/token", new { user = "ada", name = "Ada" })),
            me = scrubber.Show(await ada.GetAsync("/api/me")),
            missing = scrubber.Show(await new ApiClient(http, "").PostAsync("/api/dev/token", new { name = "Ada" })),
        });
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("garbage")]
    [InlineData("another key")]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    [InlineData("another audience")]
    [InlineData("no user")]
    [InlineData("no expiry")]
    [InlineData("alg none")]
    [InlineData("changed payload")]
    public async Task What_is_no_valid_token_is_401(string kind)
    {
        using var http = host.Host.Anonymous();
        var valid = await ApiClient.TokenAsync(http, "ada");
        var token = kind switch
        {
            "nothing" => "",
            "garbage" => "x.y.z",
            "another key" => Sign(new string('k', 40), "stratai", "ada", TimeSpan.FromHours(1)),
            "alg none" => $"{Base64Url("""{"alg":"none","typ":"JWT"}""")}.{valid.Split('.')[1]}.",
            "changed payload" => $"{valid.Split('.')[0]}.{Base64Url(Base64UrlEncoder.Decode(valid.Split('.')[1]).Replace("ada", "eve", StringComparison.Ordinal))}.{valid.Split('.')[2]}",
            "expired" => Sign(SigningKey, "stratai", "ada", TimeSpan.FromHours(-1)),
            "not yet valid" => Sign(SigningKey, "stratai", "ada", TimeSpan.FromHours(9), TimeSpan.FromHours(8)),
            "another audience" => Sign(SigningKey, "another", "ada", TimeSpan.FromHours(1)),
            "no user" => Sign(SigningKey, "stratai", null, TimeSpan.FromHours(1)),
            "no expiry" => Sign(SigningKey, "stratai", "ada", null),
            _ => throw new ArgumentException(kind),
        };

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await Answer.ReadAsync(await http.SendAsync(request));

        Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Code));
        Assert.StartsWith("Bearer", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_signed_with_the_configured_key_is_taken()
    {
        using var http = host.Host.Anonymous();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Sign(SigningKey, "stratai", "ada", TimeSpan.FromHours(1)));
        Assert.Equal("ada", (await new ApiClient(http, "ada").GetAsync("/api/me")).Body!["id"]!.GetValue<string>());
    }

    private static string SigningKey => HostFixture.SigningKey;

    private static string Sign(string key, string audience, string? user, TimeSpan? lifetime, TimeSpan notBefore = default) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            NotBefore = DateTime.UtcNow.AddHours(-2) + notBefore + (notBefore > default(TimeSpan) ? TimeSpan.FromHours(2) : default),
            Expires = lifetime is null ? null : DateTime.UtcNow + lifetime,
            Claims = user is null ? [] : new Dictionary<string, object> { ["sub"] = user },
            SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });

    private static string Base64Url(string text) => Base64UrlEncoder.Encode(text);

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : TokenTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : TokenTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : TokenTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : TokenTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : TokenTests(host);
}
