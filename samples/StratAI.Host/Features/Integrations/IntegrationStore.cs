using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Integrations;

/// <summary>The integrations of users. What they show of themselves is cached; tokens are read from the database alone.</summary>
internal sealed class IntegrationStore(AppDatabase database, HybridCache cache, TokenCipher cipher, TimeProvider time)
{
    private const string Columns = "id, service, status, expires_at, created_at, updated_at";

    private readonly HybridCacheEntryOptions _cached = cache.Profile("integrations");

    public ValueTask<IReadOnlyList<IntegrationResource>> ListAsync(string userId, CancellationToken cancellation) => cache.GetOrCreateAsync(
        Key(userId),
        (database, userId),
        static (state, token) => new ValueTask<IReadOnlyList<IntegrationResource>>(state.database.QueryAsync<IntegrationResource>(
            $"SELECT {Columns} FROM integrations WHERE user_id = @userId", new { state.userId }, token)),
        _cached,
        cancellationToken: cancellation);

    /// <summary>Connects the service, or connects it anew: either makes a new version of the tokens.</summary>
    public async Task<(IntegrationResource? Integration, Problem? Problem)> PutAsync(
        string userId, string service, GrantedTokens tokens, Func<IntegrationResource?, Problem?> check, CancellationToken cancellation)
    {
        var outcome = await database.WriteAsync<(IntegrationResource?, Problem?)>(
            async work =>
            {
                var known = await FindAsync(work, userId, service);
                if (check(known) is { } problem)
                {
                    return (null, problem);
                }

                var now = time.Now();
                var id = known?.Id ?? time.NewId();
                await work.ExecuteAsync(
                    """
                    INSERT INTO integrations (id, user_id, service, status, access_token, refresh_token, expires_at, refresh_at, version, fence, created_at, updated_at)
                    VALUES (@id, @userId, @service, 'connected', @access, @refresh, @ExpiresAt, @RefreshAt, 1, 0, @now, @now)
                    ON CONFLICT (user_id, service) DO UPDATE SET id = excluded.id, status = 'connected', access_token = excluded.access_token,
                        refresh_token = excluded.refresh_token, expires_at = excluded.expires_at, refresh_at = excluded.refresh_at,
                        version = integrations.version + 1, fence = 0, updated_at = excluded.updated_at
                    """,
                    new
                    {
                        id, userId, service, now,
                        access = cipher.Encrypt(id, tokens.AccessToken), refresh = cipher.Encrypt(id, tokens.RefreshToken!),
                        ExpiresAt = now + tokens.Lifetime, RefreshAt = now + TokenLifetime.BeforeRefresh(tokens.Lifetime),
                    });
                return (await FindAsync(work, userId, service), null);
            },
            cancellation);
        await ForgetAsync(userId);
        return outcome;
    }

    public async Task<Problem?> DeleteAsync(string userId, string service, Func<IntegrationResource, Problem?> check, CancellationToken cancellation)
    {
        var problem = await database.WriteAsync(
            async work =>
            {
                var known = await FindAsync(work, userId, service);
                var problem = known is null ? Problem.NotFound() : check(known);
                if (problem is null)
                {
                    await work.ExecuteAsync("DELETE FROM integrations WHERE id = @Id", new { known!.Id });
                }

                return problem;
            },
            cancellation);
        await ForgetAsync(userId);
        return problem;
    }

    // The change is stored whether or not the client still waits: its cached copy goes in any case.
    public ValueTask ForgetAsync(string userId) => cache.RemoveAsync(Key(userId), CancellationToken.None);

    private static Task<IntegrationResource?> FindAsync(UnitOfWork work, string userId, string service) => work.FindAsync<IntegrationResource>(
        $"SELECT {Columns} FROM integrations WHERE user_id = @userId AND service = @service{work.Dialect.ForUpdate}", new { userId, service });

    private static CacheKey Key(string userId) => CacheScope.User(userId).Key("integrations");
}
