using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Features.Integrations;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>One refresh for all who want it, whatever the token endpoint does.</summary>
public abstract class TokenRefreshTests(HostFixture host)
{
    private const string List = "/api/integrations";
    private const string Calendar = "/api/integrations/calendar";
    private const string Events = Calendar + "/events?from=2026-12-01T00:00:00Z&to=2026-12-08T00:00:00Z";

    [Fact]
    public async Task Two_hundred_requests_on_three_instances_refresh_an_expired_token_once()
    {
        await using var third = host.IsDistributed ? new HostInstance(host.Settings) : null;
        var (user, account) = await ExpiredAsync();
        ApiClient[] clients = [user, await host.Other.SignInAsync(user.User), third is null ? user : await third.SignInAsync(user.User)];

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => clients[i % clients.Length].GetAsync(Events)));

        Assert.All(answers, answer => Assert.True(answer.Status == 200 && answer.Body!["data"]!.AsArray().Count == 2, answer.Text));
        Assert.Equal((1, 0), (account.Calls, account.Replays));
        Assert.Equal("connected", await StatusAsync(user));
    }

    [Fact]
    public async Task Whoever_comes_while_the_endpoint_is_slow_waits_for_the_one_refresh()
    {
        var (user, account) = await ExpiredAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        account.BeforeRefresh = async _ =>
        {
            begun.TrySetResult();
            await go.Task;
            return null;
        };

        var first = user.GetAsync(Events);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var others = Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? user : elsewhere).GetAsync(Events)).ToList();
        Assert.Equal("expired", await StatusAsync(user));
        go.SetResult();

        Assert.All(await Task.WhenAll([first, .. others]), answer => Assert.True(answer.Status == 200, answer.Text));
        Assert.Equal((1, 0), (account.Calls, account.Replays));
    }

    [Fact]
    public async Task A_client_that_leaves_takes_the_refresh_from_nobody()
    {
        var (user, account) = await ExpiredAsync();
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        account.BeforeRefresh = async _ =>
        {
            begun.TrySetResult();
            await go.Task;
            return null;
        };
        using var leaving = new CancellationTokenSource();
        var first = user.Http.GetAsync(new Uri(Events, UriKind.Relative), leaving.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();

        Assert.Equal(200, (await user.GetAsync(Events)).Status);
        Assert.Equal((1, 0), (account.Calls, account.Replays));
    }

    [Fact]
    public async Task An_endpoint_that_is_down_for_a_moment_is_asked_again()
    {
        var (user, account) = await ExpiredAsync();
        account.BeforeRefresh = call => Task.FromResult(call == 1 ? Results.StatusCode(503) : null);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => user.GetAsync(Events)));
        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Text));
        Assert.Equal((2, 0), (account.Calls, account.Replays));
    }

    [Fact]
    public async Task An_endpoint_that_stays_down_is_503_for_all_and_asked_for_all_together()
    {
        var (user, account) = await ExpiredAsync();
        account.BeforeRefresh = _ => Task.FromResult<IResult?>(Results.StatusCode(502));
        var elsewhere = await host.Other.SignInAsync(user.User);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? user : elsewhere).GetAsync(Events)));
        Assert.All(answers, answer => Assert.Equal((503, "integration-unavailable", "1"), (answer.Status, answer.Code, answer.Headers["Retry-After"])));
        // The window is a second, and a busy machine may take longer than that to ask twenty times.
        Assert.InRange(account.Calls, 1, 5);

        account.BeforeRefresh = null;
        await Eventually.TrueAsync(async () => (await user.GetAsync(Events)).Status == 200);
        Assert.Equal(0, account.Replays);
    }

    [Fact]
    public async Task A_refused_refresh_token_is_409_and_never_tried_again()
    {
        var (user, account) = await ExpiredAsync();
        account.IsRevoked = true;
        var elsewhere = await host.Other.SignInAsync(user.User);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? user : elsewhere).GetAsync(Events)));
        Assert.All(answers, answer => Assert.Equal((409, "integration-reconnect"), (answer.Status, answer.Code)));
        Assert.Equal(409, (await user.GetAsync(Events)).Status);
        Assert.Equal(1, account.Calls);
        Assert.Equal("error", await StatusAsync(user));

        await user.PutAsync(Calendar, host.Calendar.NewAccount().Body());
        Assert.Equal(200, (await user.GetAsync(Events)).Status);
        Assert.Equal("connected", await StatusAsync(user));
    }

    public static TheoryData<string, string> Garbage => new()
    {
        { "text/html", "<html>" },
        { "application/json", "" },
        { "application/json", "[]" },
        { "application/json", """{"access_token":"a b","token_type":"Bearer","expires_in":3600}""" },
        { "application/json", """{"access_token":"a","token_type":"mac","expires_in":3600}""" },
        { "application/json", """{"access_token":"a","token_type":"Bearer","expires_in":-1}""" },
        { "application/json", """{"access_token":"a","token_type":"Bearer","expires_in":1e99}""" },
        { "application/json", """{"access_token":"a","token_type":"Bearer","refresh_token":7}""" },
        { "application/json", $$"""{"access_token":"{{new string('x', 100_000)}}","token_type":"Bearer"}""" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_is_503_and_nothing_of_it_is_stored(string contentType, string body)
    {
        var (user, account) = await ExpiredAsync();
        account.BeforeRefresh = _ => Task.FromResult<IResult?>(Results.Text(body, contentType));
        var answer = await user.GetAsync(Events);
        Assert.Equal((503, "integration-unavailable", 1), (answer.Status, answer.Code, account.Calls));

        account.BeforeRefresh = null;
        await Eventually.TrueAsync(async () => (await user.GetAsync(Events)).Status == 200);
        Assert.Equal((2, 0), (account.Calls, account.Replays));
    }

    [Fact]
    public async Task An_access_token_refused_before_its_time_is_refreshed_once_and_tried_once_more()
    {
        var (user, account) = await ConnectedAsync();
        account.AccessToken = "revoked elsewhere";
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => user.GetAsync(Events)));
        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Text));
        Assert.Equal((1, 0), (account.Calls, account.Replays));
    }

    [Fact]
    public async Task New_tokens_that_are_refused_too_are_409_and_never_refreshed_again()
    {
        var (user, account) = await ConnectedAsync();
        account.RefusesAll = true;
        Assert.Equal((409, "integration-reconnect"), await AskAsync(user));
        Assert.Equal((409, "integration-reconnect"), await AskAsync(user));
        Assert.Equal(1, account.Calls);
        Assert.Equal("error", await StatusAsync(user));
    }

    [Fact]
    public async Task A_token_about_to_expire_is_refreshed_ahead_and_used_where_that_fails()
    {
        var (user, account) = await ConnectedAsync();
        await AgeAsync(host.Host, user, "refresh_at");
        account.BeforeRefresh = _ => Task.FromResult<IResult?>(Results.StatusCode(500));
        Assert.Equal(200, (await user.GetAsync(Events)).Status);
        Assert.Equal(1, account.Calls);

        account.BeforeRefresh = null;
        await Eventually.TrueAsync(async () => (await user.GetAsync(Events)).Status == 200 && account.Calls == 2);
        Assert.Equal(0, account.Replays);
    }

    [Fact]
    public async Task Tokens_given_while_a_refresh_is_under_way_stay()
    {
        var (user, account) = await ExpiredAsync();
        var other = host.Calendar.NewAccount();
        account.AfterRefresh = () => user.PutAsync(Calendar, other.Body()).GetAwaiter().GetResult();
        Assert.Equal(200, (await user.GetAsync(Events)).Status);
        other.RefusesAll = true;
        Assert.Equal(409, (await user.GetAsync(Events)).Status);
        Assert.Equal((1, 1), (account.Calls, other.Calls));
    }

    [Fact]
    public async Task No_token_is_stored_or_answered_in_the_clear()
    {
        var (user, account) = await ExpiredAsync();
        var answers = new[] { await user.GetAsync(Events), await user.GetAsync(List), await user.PutAsync(Calendar, account.Body()) };
        Assert.All(answers, answer => Assert.DoesNotContain("-token", answer.Text.Replace("access-", "-token", StringComparison.Ordinal), StringComparison.Ordinal));

        var rows = await Database.QueryAsync<(string Access, string Refresh)>("SELECT access_token, refresh_token FROM integrations WHERE user_id = @User", new { user.User }, default);
        Assert.DoesNotContain(account.AccessToken, rows[0].Access, StringComparison.Ordinal);
        Assert.DoesNotContain(account.RefreshToken, rows[0].Refresh, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_that_start_from_the_same_tokens_the_later_holder_may_spend_them_and_the_first_answer_stays()
    {
        var (user, _) = await ConnectedAsync();
        var store = host.Host.Services.GetRequiredService<TokenStore>();
        var tokens = (await store.FindAsync(user.User, "calendar", default))!;

        Assert.True(await store.ClaimAsync(tokens, 5));
        Assert.False(await store.ClaimAsync(tokens, 5));
        Assert.False(await store.ClaimAsync(tokens, 4));
        Assert.True(await store.ClaimAsync(tokens, 6));

        // The later one is told that the token is spent; the earlier one was slow, and has what it was spent for.
        Assert.True(await store.RefuseAsync(user.User, tokens.Id, tokens.Version));
        Assert.True(await store.ReplaceAsync(tokens, new("new-access", null, TimeSpan.FromHours(1))));
        Assert.False(await store.ReplaceAsync(tokens, new("late-access", "late-refresh", TimeSpan.FromHours(1))));
        Assert.False(await store.RefuseAsync(user.User, tokens.Id, tokens.Version));
        Assert.False(await store.ClaimAsync(tokens, 7));

        var stored = (await store.FindAsync(tokens.Id))!;
        Assert.Equal(("new-access", tokens.RefreshToken, tokens.Version + 1, "connected"), (stored.AccessToken, stored.RefreshToken, stored.Version, stored.Status));
    }

    private AppDatabase Database => host.Host.Services.GetRequiredService<AppDatabase>();

    private async Task<(ApiClient User, CalendarAccount Account)> ConnectedAsync()
    {
        var user = await host.NewUserAsync();
        var account = host.Calendar.NewAccount();
        Assert.Equal(200, (await user.PutAsync(Calendar, account.Body())).Status);
        return (user, account);
    }

    private async Task<(ApiClient User, CalendarAccount Account)> ExpiredAsync()
    {
        var connected = await ConnectedAsync();
        await ExpireAsync(host.Host, connected.User);
        return connected;
    }

    /// <summary>Has the access token expire, in the database that the instance uses.</summary>
    internal static async Task ExpireAsync(HostInstance instance, ApiClient user)
    {
        await AgeAsync(instance, user, "expires_at");
        await AgeAsync(instance, user, "refresh_at");
    }

    private static async Task AgeAsync(HostInstance instance, ApiClient user, string column) => Assert.Equal(1, await instance.Services.GetRequiredService<AppDatabase>()
        .ExecuteAsync($"UPDATE integrations SET {column} = @past WHERE user_id = @User", new { user.User, past = DateTimeOffset.UtcNow.AddMinutes(-1) }, default));

    private static async Task<(int, string?)> AskAsync(ApiClient user)
    {
        var answer = await user.GetAsync(Events);
        return (answer.Status, answer.Code);
    }

    private static async Task<string> StatusAsync(ApiClient user) => (await user.GetAsync(List)).Body!["data"]![0]!["status"]!.GetValue<string>();

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : TokenRefreshTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : TokenRefreshTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : TokenRefreshTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : TokenRefreshTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : TokenRefreshTests(host);
}
