using System.Net.Http.Headers;
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

    public static TheoryData<string> Kinds => [.. BadTokens.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_no_valid_token_is_401(string kind)
    {
        using var http = host.Host.Anonymous();
        var token = BadTokens.Create(kind, await ApiClient.TokenAsync(http, "ada"), "ada");

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
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", BadTokens.Sign(HostFixture.SigningKey, "stratai", "ada", TimeSpan.FromHours(1)));
        Assert.Equal("ada", (await new ApiClient(http, "ada").GetAsync("/api/me")).Body!["id"]!.GetValue<string>());
    }

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
