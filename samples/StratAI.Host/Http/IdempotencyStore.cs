using StratAI.Host.Database;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>An answer as it was first given.</summary>
internal sealed record StoredAnswer(int Status, string Headers, byte[] Body);

/// <summary>The keys of running and answered requests, in the database that all instances share.</summary>
internal sealed class IdempotencyStore(AppDatabase database, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    // How long a request may run before another try of it is let through: its instance has died.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Claims the key for this request. Of its outcomes one is not null: the owner under which to answer or release it, the answer to replay, or the problem.
    /// </summary>
    public Task<(string? Owner, StoredAnswer? Answer, Problem? Problem)> ClaimAsync(string userId, string key, string fingerprint, CancellationToken cancellation) =>
        database.WriteAsync<(string?, StoredAnswer?, Problem?)>(
            async work =>
            {
                var now = time.Now();
                var owner = Guid.NewGuid().ToString("N");
                var row = new { userId, key, fingerprint, owner, now, until = now + Lease, before = now - Kept };
                var claimed = await work.ExecuteAsync(
                    """
                    INSERT INTO idempotency_keys (user_id, key, fingerprint, state, owner, locked_until, created_at)
                    VALUES (@userId, @key, @fingerprint, 'running', @owner, @until, @now)
                    ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, state = 'running', owner = excluded.owner,
                        locked_until = excluded.locked_until, created_at = excluded.created_at
                    WHERE idempotency_keys.created_at < @before
                        OR (idempotency_keys.state = 'running' AND idempotency_keys.locked_until < @now AND idempotency_keys.fingerprint = excluded.fingerprint)
                    """,
                    row);
                if (claimed == 1)
                {
                    return (owner, null, null);
                }

                var known = await work.FindAsync<KnownKey>("SELECT fingerprint, state, status, headers, body FROM idempotency_keys WHERE user_id = @userId AND key = @key", row);
                return known switch
                {
                    { } other when other.Fingerprint != fingerprint => (null, null, new Problem(422, "idempotency-mismatch", "The Idempotency-Key was used for another request.")),
                    { State: "done" } => (null, new StoredAnswer(known.Status, known.Headers, known.Body), null),
                    _ => (null, null, new Problem(409, "idempotency-in-progress", "The first request with this Idempotency-Key is still running.") { RetryAfter = TimeSpan.FromSeconds(1) }),
                };
            },
            cancellation);

    public Task AnswerAsync(string userId, string key, string owner, StoredAnswer answer) => database.ExecuteAsync(
        "UPDATE idempotency_keys SET state = 'done', status = @Status, headers = @Headers, body = @Body WHERE user_id = @userId AND key = @key AND owner = @owner",
        new { userId, key, owner, answer.Status, answer.Headers, answer.Body },
        CancellationToken.None);

    public Task ReleaseAsync(string userId, string key, string owner) => database.ExecuteAsync(
        "DELETE FROM idempotency_keys WHERE user_id = @userId AND key = @key AND owner = @owner", new { userId, key, owner }, CancellationToken.None);

    public Task SweepAsync(CancellationToken cancellation) =>
        database.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = time.Now() - Kept }, cancellation);

    private sealed record KnownKey
    {
        public string Fingerprint { get; init; } = "";

        public string State { get; init; } = "";

        public int Status { get; init; }

        public string Headers { get; init; } = "{}";

        public byte[] Body { get; init; } = [];
    }
}
