using Microsoft.Extensions.Options;
using StratAI.Caching.Locking;
using StratAI.Host.Errors;
using StratAI.Host.Hosting;

namespace StratAI.Host.Features.Integrations;

/// <summary>Access tokens that are good, refreshed once for everybody who wants it, on whatever instance.</summary>
internal sealed class CalendarTokens(
    TokenStore store, TokenRefresh refresh, IDistributedCoordinator coordinator, IOptions<CalendarOptions> options, PartModes modes, TimeProvider time)
{
    private const string Gone = "gone";

    public async Task<(AccessToken? Token, Problem? Problem)> GetAsync(string userId, CancellationToken cancellation)
    {
        var tokens = await store.FindAsync(userId, IntegrationServices.Calendar, cancellation);
        if (tokens is null)
        {
            return (null, Problem.NotFound());
        }

        if (tokens.Status == IntegrationStatus.Error)
        {
            return (null, IntegrationProblems.ToReconnect());
        }

        if (time.GetUtcNow() < tokens.RefreshAt)
        {
            return (tokens.Access, null);
        }

        var refreshed = await RefreshAsync(tokens.Access, cancellation);
        // It was early: what is there is still good.
        return refreshed.Problem?.Code == IntegrationProblems.Unavailable && time.GetUtcNow() < tokens.ExpiresAt ? (tokens.Access, null) : refreshed;
    }

    /// <summary>The token that takes the place of <paramref name="old"/>.</summary>
    public async Task<(AccessToken? Token, Problem? Problem)> RefreshAsync(AccessToken old, CancellationToken cancellation)
    {
        if (modes is { Database: true, Memory: false })
        {
            return (null, IntegrationProblems.NeedsRedis());
        }

        try
        {
            // The version is part of what is done: who comes with tokens that were refreshed meanwhile gets that refresh's outcome, and never a second one.
            return (await coordinator.CoordinateAsync($"integration/{old.IntegrationId}/{old.Version}", (work, _) => refresh.RunAsync(old, work), Sharing(), cancellation), null);
        }
        catch (SharedFailureException failure)
        {
            return (null, failure.Code switch
            {
                IntegrationProblems.Reconnect => IntegrationProblems.ToReconnect(),
                Gone => Problem.NotFound(),
                _ => IntegrationProblems.NotAnswering(options.Value.RetryAfter),
            });
        }
        catch (MutexUnavailableException unavailable)
        {
            return (null, IntegrationProblems.NotAnswering(unavailable.RetryAfter));
        }
        catch (Exception exception) when (exception is TimeoutException or RefreshException)
        {
            return (null, IntegrationProblems.NotAnswering(options.Value.RetryAfter));
        }
    }

    private CoordinationOptions Sharing() => new()
    {
        Secret = true,
        // A refresh is over by then, unless its instance has died.
        Timeout = options.Value.Timeout + TimeSpan.FromSeconds(5),
        ShareFailure = exception => (exception as RefreshException)?.Reason switch
        {
            RefreshFailure.Refused => new(IntegrationProblems.Reconnect, "refused"),
            RefreshFailure.Gone => new(Gone, "gone"),
            // For as long as clients are told to wait: an endpoint in trouble is asked once for all of them.
            RefreshFailure.Unavailable => new(IntegrationProblems.Unavailable, "unavailable") { ReplayWindow = options.Value.RetryAfter },
            _ => null,
        },
    };
}
