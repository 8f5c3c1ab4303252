using StratAI.Host.Database;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>An answer as it was first given.</summary>
internal sealed record StoredAnswer(int Status, string Headers, byte[] Body);

/// <summary>The key that a request was sent with, and what tells it from another request.</summary>
internal sealed record IdempotencyKey(string Key, string Fingerprint);

/// <summary>The keys of running and answered requests, in the database that all instances share.</summary>
internal sealed class IdempotencyStore(AppDatabase database, TimeProvider time)
{
    private const string Select = "SELECT fingerprint, state, status, headers, body FROM idempotency_keys WHERE user_id = @userId AND key = @key";

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

                var known = await work.FindAsync<KnownKey>(Select, row);
                return known switch
                {
                    { } other when other.Fingerprint != fingerprint => (null, null, Mismatch()),
                    { State: "done" } => (null, new StoredAnswer(known.Status, known.Headers, known.Body), null),
                    _ => (null, null, new Problem(409, "idempotency-in-progress", "The first request with this Idempotency-Key is still running.") { RetryAfter = TimeSpan.FromSeconds(1) }),
                };
            },
            cancellation);

    /// <summary>
    /// Keeps the key with a resource that the same transaction makes, whose answer is told anew from it: of several such requests one makes it, and the others
    /// wait for its transaction. Null and null when the resource is to be made; else the one there is, or the problem.
    /// </summary>
    public async Task<(Guid? Known, Problem? Problem)> KeepAsync(UnitOfWork work, string userId, IdempotencyKey key, Guid resource)
    {
        var now = time.Now();
        var row = new { userId, key = key.Key, key.Fingerprint, now, status = 200, headers = "{}", body = resource.ToByteArray(bigEndian: true), before = now - Kept };
        var kept = await work.ExecuteAsync(
            """
            INSERT INTO idempotency_keys (user_id, key, fingerprint, state, owner, locked_until, status, headers, body, created_at)
            VALUES (@userId, @key, @Fingerprint, 'done', '', @now, @status, @headers, @body, @now)
            ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, state = excluded.state, owner = excluded.owner,
                status = excluded.status, headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
            WHERE idempotency_keys.created_at < @before
            """,
            row);
        return kept == 1 ? (null, null) : Read(await work.FindAsync<KnownKey>(Select, row), key);
    }

    /// <summary>The resource that was kept with the key, or the problem; null and null when the key is new.</summary>
    public async Task<(Guid? Known, Problem? Problem)> FindKeptAsync(string userId, IdempotencyKey key, CancellationToken cancellation) =>
        Read(await database.FindAsync<KnownKey>($"{Select} AND created_at >= @before", new { userId, key = key.Key, before = time.Now() - Kept }, cancellation), key);

    private static (Guid?, Problem?) Read(KnownKey? known, IdempotencyKey key) => known switch
    {
        null => (null, null),
        { Body.Length: 16 } when known.Fingerprint == key.Fingerprint => (new Guid(known.Body, bigEndian: true), null),
        _ => (null, Mismatch()),
    };

    public Task AnswerAsync(string userId, string key, string owner, StoredAnswer answer) => database.ExecuteAsync(
        "UPDATE idempotency_keys SET state = 'done', status = @Status, headers = @Headers, body = @Body WHERE user_id = @userId AND key = @key AND owner = @owner",
        new { userId, key, owner, answer.Status, answer.Headers, answer.Body },
        CancellationToken.None);

    public Task ReleaseAsync(string userId, string key, string owner) => database.ExecuteAsync(
        "DELETE FROM idempotency_keys WHERE user_id = @userId AND key = @key AND owner = @owner", new { userId, key, owner }, CancellationToken.None);

    public Task SweepAsync(CancellationToken cancellation) =>
        database.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = time.Now() - Kept }, cancellation);

    private static Problem Mismatch() => new(422, "idempotency-mismatch", "The Idempotency-Key was used for another request.");

    private sealed record KnownKey
    {
        public string Fingerprint { get; init; } = "";

        public string State { get; init; } = "";

        public int Status { get; init; }

        public string Headers { get; init; } = "{}";

        public byte[] Body { get; init; } = [];
    }
}
