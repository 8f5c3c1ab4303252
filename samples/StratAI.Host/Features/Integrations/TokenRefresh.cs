using StratAI.Caching.Locking;
using StratAI.Host.Errors;

namespace StratAI.Host.Features.Integrations;

/// <summary>One refresh, by whoever holds the right to it.</summary>
internal sealed partial class TokenRefresh(TokenStore store, TokenEndpoint endpoint, TimeProvider time, ILogger<TokenRefresh> logger)
{
    private const int StoreAttempts = 5;
    private static readonly TimeSpan StorePause = TimeSpan.FromMilliseconds(100);

    public async ValueTask<AccessToken> RunAsync(AccessToken old, CoordinatedWork work)
    {
        // As it is now that nobody else is at it, not as it was when the caller found it.
        var tokens = await FindAsync(old.IntegrationId);
        if (tokens.Version != old.Version)
        {
            return tokens.Access;
        }

        // A holder that was paused past its lease learns here, before it spends anything, that another has had its turn.
        if (!await store.ClaimAsync(tokens, work.FencingToken) || work.Lost.IsCancellationRequested)
        {
            throw new RefreshException(RefreshFailure.Overtaken);
        }

        // From here until the new tokens are stored nothing is cancelled, and nothing else is done: an instance that is killed in between takes them with it.
        switch (await endpoint.RefreshAsync(tokens.RefreshToken))
        {
            case TokenAnswer.Granted granted:
                return await StoreAsync(tokens, granted.Tokens);
            case TokenAnswer.Refused:
                LogRefused(tokens.Id);
                // Not of this version any more: another had the answer, or the user has connected it anew.
                return await store.RefuseAsync(tokens.UserId, tokens.Id, tokens.Version)
                    ? throw new RefreshException(RefreshFailure.Refused)
                    : (await FindAsync(tokens.Id)).Access;
            default:
                throw new RefreshException(RefreshFailure.Unavailable);
        }
    }

    private async Task<IntegrationTokens> FindAsync(Guid id) => await store.FindAsync(id) switch
    {
        null => throw new RefreshException(RefreshFailure.Gone),
        { Status: IntegrationStatus.Error } => throw new RefreshException(RefreshFailure.Refused),
        var tokens => tokens,
    };

    private async Task<AccessToken> StoreAsync(IntegrationTokens old, GrantedTokens granted)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await store.ReplaceAsync(old, granted)
                    ? new(old.Id, old.Version + 1, granted.AccessToken)
                    // Stored by an attempt that did not hear of it, or the user has connected it anew or taken it away.
                    : (await FindAsync(old.Id)).Access;
            }
            catch (Exception exception) when (ExceptionToProblem.ForOutage(exception) is not null)
            {
                if (attempt == StoreAttempts)
                {
                    LogLost(exception, old.Id);
                    throw new RefreshException(RefreshFailure.Unavailable);
                }
            }

            await Task.Delay(StorePause * (1 << attempt), time, CancellationToken.None);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The token endpoint refuses the refresh token of integration {Id}: it is to be connected anew.")]
    private partial void LogRefused(Guid id);

    [LoggerMessage(2, LogLevel.Critical, "New tokens of integration {Id} could not be stored and are lost: it may have to be connected anew.")]
    private partial void LogLost(Exception exception, Guid id);
}
