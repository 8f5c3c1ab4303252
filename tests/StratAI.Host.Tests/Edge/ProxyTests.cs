using Microsoft.AspNetCore.Builder;
using StratAI.Host.Edge;
using StratAI.Host.Hosting;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Edge;

/// <summary>Over real sockets: the peer is the loopback address, which is a known proxy or is not.</summary>
[Collection(EmbeddedShape.Name)]
public sealed class ProxyTests(EmbeddedHost host)
{
    private const string Https = "Strict-Transport-Security";

    [Fact]
    public async Task Behind_a_known_proxy_limits_count_the_address_that_it_names()
    {
        await using var instance = Start("127.0.0.0/8");

        Assert.Equal("401 401 429", await AskAsync(instance, "203.0.113.1", "203.0.113.1", "203.0.113.1"));
        Assert.Equal("401", await AskAsync(instance, "203.0.113.2"));
        // What a client wrote in front of its address, or behind which it would hide, is not believed.
        Assert.Equal("401 401 429", await AskAsync(instance, "198.51.100.1, 203.0.113.3", "198.51.100.2, 203.0.113.3", "198.51.100.3, 203.0.113.3"));
    }

    [Fact]
    public async Task Behind_one_proxy_the_address_that_it_names_counts_though_it_be_one_of_a_proxy()
    {
        await using var instance = Start("127.0.0.1, 10.0.0.0/8");

        Assert.Equal("401 401 429", await AskAsync(instance, "203.0.113.1, 10.0.0.7", "203.0.113.2, 10.0.0.7", "203.0.113.3, 10.0.0.7"));
    }

    [Fact]
    public async Task Behind_two_proxies_the_address_before_the_last_counts()
    {
        await using var instance = Start("127.0.0.1, 10.0.0.0/8", hops: 2);

        Assert.Equal("401 401 429", await AskAsync(instance, "203.0.113.4, 10.0.0.7", "203.0.113.4, 10.0.0.8", "203.0.113.4, 10.0.0.9"));
        // The last proxy is known, what it was reached by is not: the chain ends there.
        Assert.Equal("401 401 429", await AskAsync(instance, "198.51.100.1, 203.0.113.5", "198.51.100.2, 203.0.113.5", "198.51.100.3, 203.0.113.5"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/8")]
    public async Task What_an_unknown_peer_says_of_itself_changes_nothing(string networks)
    {
        await using var instance = Start(networks);

        Assert.Equal("401 401 429", await AskAsync(instance, "203.0.113.1", "203.0.113.2", "203.0.113.3"));
        Assert.DoesNotContain(Https, (await GetAsync(instance, "api.example.com")).Headers.Keys);
    }

    [Fact]
    public async Task Behind_tls_browsers_are_told_to_stay_there_unless_the_host_is_their_own_machine()
    {
        await using var instance = Start("127.0.0.1");

        Assert.Equal("max-age=31536000", (await GetAsync(instance, "api.example.com")).Headers[Https]);
        Assert.DoesNotContain(Https, (await GetAsync(instance, "localhost:5080")).Headers.Keys);
        Assert.DoesNotContain(Https, (await GetAsync(instance, "[::1]:5080")).Headers.Keys);
    }

    [Theory]
    [InlineData("Proxy:Networks has 'everybody'", "--Proxy:Networks=10.0.0.0/8,everybody")]
    [InlineData("Proxy:Networks has '0.0.0.0/0'", "--Proxy:Networks:0=0.0.0.0/0")]
    [InlineData("Proxy:Networks has '::/0'", "--Proxy:Networks=::/0")]
    [InlineData("Proxy:Networks has '10.0.0.0/33'", "--Proxy:Networks=10.0.0.0/33")]
    [InlineData("Proxy:Hops is 0", "--Proxy:Hops=0")]
    [InlineData("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "--ForwardedHeaders_Enabled=true")]
    public void What_would_trust_too_many_ends_the_start(string expected, string setting)
    {
        var exception = Assert.Throws<StartupException>(() => WebApplication.CreateBuilder([setting]).AddEdge());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private HostInstance Start(string networks, int hops = 1) => new(host.SettingsApart(
        ("Proxy:Networks", networks), ("Proxy:Hops", $"{hops}"), ("Limits:Policies:ip:PermitLimit", "2")));

    private static async Task<string> AskAsync(HostInstance instance, params string[] forwardedFor)
    {
        using var http = instance.Anonymous();
        var client = new ApiClient(http, "");
        var statuses = new List<int>();
        foreach (var addresses in forwardedFor)
        {
            statuses.Add((await client.GetAsync("/api/me", ("X-Forwarded-For", addresses))).Status);
        }

        return string.Join(' ', statuses);
    }

    private static async Task<Answer> GetAsync(HostInstance instance, string name)
    {
        using var http = instance.Anonymous();
        return await new ApiClient(http, "").GetAsync("/health/live", ("Host", name), ("X-Forwarded-Proto", "https"));
    }
}
