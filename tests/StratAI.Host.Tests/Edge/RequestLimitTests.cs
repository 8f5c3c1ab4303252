using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Edge;

[Collection(EmbeddedShape.Name)]
public sealed class RequestLimitTests(EmbeddedHost host)
{
    [Theory]
    [InlineData(101, 10, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    [InlineData(1, 40_000, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    [InlineData(20, 500, HttpStatusCode.OK)]
    public async Task Headers_are_taken_up_to_a_number_and_a_size(int count, int length, HttpStatusCode status)
    {
        using var http = host.Host.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        for (var header = 0; header < count; header++)
        {
            request.Headers.Add($"X-Header-{header}", new string('x', length));
        }

        using var response = await http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_request_line_is_taken_up_to_a_length()
    {
        using var http = host.Host.Anonymous();

        using var response = await http.GetAsync($"/health/live?q={new string('x', 9_000)}");

        Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
    }

    [Fact]
    public async Task With_allowed_hosts_a_request_for_another_name_is_refused()
    {
        await using var instance = new HostInstance(host.SettingsApart(("AllowedHosts", "api.example.com")));
        using var http = instance.Anonymous();
        var client = new ApiClient(http, "");

        var (known, unknown) = (await client.GetAsync("/health/live", ("Host", "api.example.com")), await client.GetAsync("/health/live", ("Host", "evil.example.com")));

        Assert.Equal((200, 400), (known.Status, unknown.Status));
        Assert.Empty(unknown.Bytes);
    }

    /// <summary>Of the server's settings, as waiting for it would take that long.</summary>
    [Fact]
    public void Headers_must_come_within_ten_seconds()
    {
        var limits = host.Host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal(TimeSpan.FromSeconds(10), limits.RequestHeadersTimeout);
    }
}
