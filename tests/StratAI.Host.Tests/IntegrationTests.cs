using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

/// <summary>Connecting a calendar and reading it.</summary>
public abstract class IntegrationTests(HostFixture host)
{
    private const string List = "/api/integrations";
    private const string Calendar = "/api/integrations/calendar";
    private const string Events = Calendar + "/events?from=2026-12-01T00:00:00Z&to=2026-12-08T00:00:00%2B01:00";

    [Fact]
    public async Task A_calendar_is_connected_read_and_disconnected()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var account = host.Calendar.NewAccount();
        var empty = await user.GetAsync(List);
        var connected = await user.PutAsync(Calendar, account.Body());
        await Verifier.Verify(new
        {
            empty = scrubber.Show(empty),
            unconnected = scrubber.Show(await (await host.NewUserAsync()).GetAsync(Events)),
            connected = scrubber.Show(connected),
            list = scrubber.Show(await user.GetAsync(List)),
            events = scrubber.Show(await user.GetAsync(Events)),
            firstEvent = scrubber.Show(await user.GetAsync(Events + "&limit=1&sort=-startsAt")),
            stale = scrubber.Show(await user.PutAsync(Calendar, account.Body(), ("If-Match", "\"other\""))),
            again = scrubber.Show(await user.PutAsync(Calendar, account.Body(7200), ("If-Match", connected.ETag))),
            staleDelete = (await user.DeleteAsync(Calendar, ("If-Match", connected.ETag))).Status,
            deleted = scrubber.Show(await user.DeleteAsync(Calendar)),
            gone = (await user.DeleteAsync(Calendar)).Status,
            emptyAgain = (await user.GetAsync(List)).Body!["data"]!.AsArray().Count,
        });
        Assert.Equal(0, account.Calls);
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_refused_by_field()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            nothing = scrubber.Show(await user.PutAsync(Calendar, new { })),
            forms = scrubber.Show(await user.PutAsync(Calendar, new { accessToken = "a b", refreshToken = "a\r\nb", expiresIn = 0 })),
            bounds = scrubber.Show(await user.PutAsync(Calendar, new { accessToken = new string('x', 8193), refreshToken = "é", expiresIn = 31_536_001 })),
            unknown = scrubber.Show(await user.PutAsync(Calendar, new { accessToken = "a", refreshToken = "b", expiresIn = 1, baseUrl = "http://evil" })),
            service = (await user.PutAsync("/api/integrations/mail", new { accessToken = "a", refreshToken = "b", expiresIn = 1 })).Code,
            noRange = scrubber.Show(await user.GetAsync(Calendar + "/events")),
            backwards = scrubber.Show(await user.GetAsync(Calendar + "/events?from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z")),
            long_ = scrubber.Show(await user.GetAsync(Calendar + "/events?from=2026-12-02T00:00:00Z&to=2028-12-01T00:00:00Z")),
            form = scrubber.Show(await user.GetAsync(Calendar + "/events?from=yesterday&to=2028-12-01T00:00:00Z")),
            sort = (await user.GetAsync(List + "?sort=status")).Code,
            page = (await user.GetAsync(Events + "&limit=x")).Code,
        });
    }

    [Fact]
    public async Task What_the_service_fails_to_answer_is_503_with_a_time_to_come_back()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var account = host.Calendar.NewAccount();
        await user.PutAsync(Calendar, account.Body());

        account.InsteadOfEvents = Microsoft.AspNetCore.Http.Results.Text("<html>Sign in</html>", "text/html");
        var garbage = await user.GetAsync(Events);
        account.InsteadOfEvents = Microsoft.AspNetCore.Http.Results.Json(new { events = new object?[] { null } });
        var nulls = await user.GetAsync(Events);
        account.InsteadOfEvents = Microsoft.AspNetCore.Http.Results.Redirect("http://127.0.0.1:1/elsewhere");
        var elsewhere = await user.GetAsync(Events);
        account.InsteadOfEvents = Microsoft.AspNetCore.Http.Results.StatusCode(500);
        var failing = await user.GetAsync(Events);
        account.InsteadOfEvents = null;

        await Verifier.Verify(new { garbage = scrubber.Show(garbage) });
        Assert.All([garbage, nulls, elsewhere, failing], answer => Assert.Equal((503, "integration-unavailable"), (answer.Status, answer.Code)));
        Assert.Equal(200, (await user.GetAsync(Events)).Status);
        Assert.Equal(0, account.Calls);
    }

    [Fact]
    public async Task Integrations_are_their_users_alone()
    {
        var user = await host.NewUserAsync();
        var eve = await host.NewUserAsync("eve");
        await user.PutAsync(Calendar, host.Calendar.NewAccount().Body());
        Assert.Empty((await eve.GetAsync(List)).Body!["data"]!.AsArray());
        Assert.Equal(404, (await eve.DeleteAsync(Calendar)).Status);
        Assert.Equal(404, (await eve.GetAsync(Events)).Status);
        Assert.Equal(200, (await user.GetAsync(Events)).Status);
    }

    [Fact]
    public async Task A_change_is_seen_by_the_next_read_on_either_instance()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        for (var i = 0; i < 3; i++)
        {
            await elsewhere.GetAsync(List);
            await user.PutAsync(Calendar, host.Calendar.NewAccount().Body());
            Assert.Single((await user.GetAsync(List)).Body!["data"]!.AsArray());
            await Eventually.TrueAsync(async () => (await elsewhere.GetAsync(List)).Body!["data"]!.AsArray().Count == 1);
            await user.DeleteAsync(Calendar);
            await Eventually.TrueAsync(async () => (await elsewhere.GetAsync(List)).Body!["data"]!.AsArray().Count == 0);
        }
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : IntegrationTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : IntegrationTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : IntegrationTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : IntegrationTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : IntegrationTests(host);
}
