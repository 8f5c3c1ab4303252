using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A calendar service and its token endpoint, over real HTTP. Refresh tokens rotate: one that was spent is <c>invalid_grant</c>.</summary>
public sealed class CalendarServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, CalendarAccount> _byAccess = new();
    private readonly ConcurrentDictionary<string, CalendarAccount> _byRefresh = new();

    private CalendarServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<CalendarServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new CalendarServer(builder.Build());
        server._app.MapPost("/token", server.TokenAsync);
        server._app.MapGet("/api/events", server.EventsAsync);
        await server._app.StartAsync();
        return server;
    }

    public Dictionary<string, string> Settings() => new()
    {
        ["Integrations:Calendar:BaseUrl"] = new Uri(Address, "api").ToString(),
        ["Integrations:Calendar:TokenEndpoint"] = new Uri(Address, "token").ToString(),
        ["Integrations:Calendar:ClientId"] = "stratai",
        ["Integrations:Calendar:ClientSecret"] = "se:cret",
        ["Integrations:Calendar:RetryAfter"] = "00:00:01",
        // A busy machine must not turn a test into one of an outage.
        ["Integrations:Calendar:Timeout"] = "00:00:30",
        ["Mutex:RedisTimeout"] = "00:00:10",
    };

    /// <summary>Somebody with a calendar, and the tokens to read it.</summary>
    public CalendarAccount NewAccount()
    {
        var account = new CalendarAccount();
        Issue(account);
        return account;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Issue(CalendarAccount account)
    {
        lock (account)
        {
            var number = Guid.NewGuid().ToString("N");
            (account.AccessToken, account.RefreshToken) = ($"access-{number}", $"refresh-{number}");
            _byAccess[account.AccessToken] = account;
            _byRefresh[account.RefreshToken] = account;
        }
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var client = Convert.ToBase64String("stratai:se%3Acret"u8);
        if (form["grant_type"] != "refresh_token" || request.Headers.Authorization != $"Basic {client}")
        {
            return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        }

        var token = form["refresh_token"].ToString();
        if (!_byRefresh.TryGetValue(token, out var account))
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        var call = account.Called();
        if (account.BeforeRefresh is { } before && await before(call) is { } instead)
        {
            return instead;
        }

        lock (account)
        {
            if (account.IsRevoked || token != account.RefreshToken)
            {
                account.Replayed(token != account.RefreshToken);
                return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
            }

            Issue(account);
        }

        account.AfterRefresh?.Invoke();
        return account.InsteadOfTokens ?? Results.Json(new
        {
            access_token = account.AccessToken, token_type = "Bearer", expires_in = account.Lifetime, refresh_token = account.RefreshToken,
        });
    }

    private Task<IResult> EventsAsync(HttpRequest request)
    {
        var token = request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        if (!_byAccess.TryGetValue(token, out var account) || account.AccessToken != token || account.RefusesAll)
        {
            return Task.FromResult(Results.StatusCode(401));
        }

        return Task.FromResult(account.InsteadOfEvents ?? Results.Json(new
        {
            events = new[]
            {
                new { id = "b", title = "Lunch", startsAt = "2026-12-01T12:00:00+01:00", endsAt = "2026-12-01T13:00:00+01:00", location = (string?)"Garden" },
                new { id = "a", title = $"From {request.Query["from"]}", startsAt = "2026-12-01T09:00:00Z", endsAt = "2026-12-01T09:30:00Z", location = (string?)null },
            },
        }));
    }
}

/// <summary>What a test has the servers do for one account, and what they saw.</summary>
public sealed class CalendarAccount
{
    private int _calls;
    private int _replays;

    public string AccessToken { get; set; } = "";

    public string RefreshToken { get; set; } = "";

    /// <summary>Of new access tokens, in seconds.</summary>
    public int Lifetime { get; set; } = 3600;

    public bool IsRevoked { get; set; }

    public bool RefusesAll { get; set; }

    /// <summary>Given the number of the call; what it returns is answered, and the refresh token is not spent.</summary>
    public Func<int, Task<IResult?>>? BeforeRefresh { get; set; }

    /// <summary>Called when the refresh token is spent, before that is answered.</summary>
    public Action? AfterRefresh { get; set; }

    public IResult? InsteadOfTokens { get; set; }

    public IResult? InsteadOfEvents { get; set; }

    /// <summary>Calls at the token endpoint.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How often a spent refresh token was spent again.</summary>
    public int Replays => Volatile.Read(ref _replays);

    public int Called() => Interlocked.Increment(ref _calls);

    public void Replayed(bool spent) => Interlocked.Add(ref _replays, spent ? 1 : 0);

    public object Body(int expiresIn = 3600) => new { accessToken = AccessToken, refreshToken = RefreshToken, expiresIn };
}
