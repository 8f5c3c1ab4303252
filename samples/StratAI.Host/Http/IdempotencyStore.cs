using System.Text.Json;
using StratAI.Host.Database;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>A key that this request holds, until its lease ends or it is answered.</summary>
/// <param name="UserId">Whose key it is.</param>
/// <param name="Key">What the client called it.</param>
/// <param name="Owner">Tells this request from another that took the key over.</param>
/// <param name="Fingerprint">Of the request's body; null until it has been read.</param>
internal sealed record ClaimedKey(string UserId, string Key, string Owner, string? Fingerprint);

/// <summary>An answer as it was first given. Its other headers are made anew for each answer.</summary>
internal sealed record StoredAnswer
{
    public string Fingerprint { get; init; } = "";

    public int Status { get; init; }

    public string Headers { get; init; } = "{}";

    public byte[] Body { get; init; } = [];

    public static StoredAnswer Of(string fingerprint, int status, Dictionary<string, string> headers, byte[] body) =>
        new() { Fingerprint = fingerprint, Status = status, Headers = JsonSerializer.Serialize(headers), Body = body };

    public Dictionary<string, string> ReadHeaders() => JsonSerializer.Deserialize<Dictionary<string, string>>(Headers)!;
}

/// <summary>The key that a request was sent with, and what tells it from another request.</summary>
internal sealed record IdempotencyKey(string Key, string Fingerprint);

/// <summary>The keys of running and answered requests, in the database that all instances share.</summary>
internal sealed partial class IdempotencyStore(AppDatabase database, TimeProvider time, ILogger<IdempotencyStore> logger)
{
    /// <summary>How long a request may go without a word before another try of it is let through: its instance has died.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const string Select = "SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE user_id = @userId AND key = @key";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    // Before its body was read, a running request says nothing of it.
    private const string Unknown = "";

    public TimeProvider Time => time;

    public static Problem InProgress() =>
        new(409, "idempotency-in-progress", "The first request with this Idempotency-Key is still running.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static Problem Mismatch() => new(422, "idempotency-mismatch", "The Idempotency-Key was used for another request.");

    /// <summary>Claims the key for this request. Neither a key nor an answer: another request holds it.</summary>
    public Task<(ClaimedKey? Key, StoredAnswer? Answer)> ClaimAsync(string userId, string key, string? fingerprint, CancellationToken cancellation) =>
        database.WriteAsync<(ClaimedKey?, StoredAnswer?)>(
            async work =>
            {
                var now = time.Now();
                var claim = new ClaimedKey(userId, key, Guid.NewGuid().ToString("N"), fingerprint);
                var claimed = await work.ExecuteAsync(
                    """
                    INSERT INTO idempotency_keys (user_id, key, fingerprint, state, owner, locked_until, created_at)
                    VALUES (@userId, @key, @fingerprint, 'running', @Owner, @until, @now)
                    ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, state = 'running', owner = excluded.owner,
                        locked_until = excluded.locked_until, created_at = excluded.created_at, status = NULL, headers = NULL, body = NULL
                    WHERE idempotency_keys.created_at < @before
                        OR (idempotency_keys.state = 'running' AND idempotency_keys.locked_until < @now)
                    """,
                    new { userId, key, fingerprint = fingerprint ?? Unknown, claim.Owner, now, until = now + Lease, before = now - Kept });
                return claimed == 1
                    ? (claim, null)
                    : (null, await work.FindAsync<StoredAnswer>($"{Select} AND state = 'done'", new { userId, key }));
            },
            cancellation);

    /// <summary>Stores the answer in the transaction that makes what it speaks of. False when the key is another request's by now.</summary>
    public static async Task<bool> AnswerAsync(UnitOfWork work, ClaimedKey key, StoredAnswer answer) => await work.ExecuteAsync(
        """
        UPDATE idempotency_keys SET state = 'done', fingerprint = @Fingerprint, status = @Status, headers = @Headers, body = @Body
        WHERE user_id = @UserId AND key = @Key AND owner = @Owner AND state = 'running'
        """,
        new { key.UserId, key.Key, key.Owner, answer.Fingerprint, answer.Status, answer.Headers, answer.Body }) == 1;

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
        return kept == 1 ? (null, null) : Read(await work.FindAsync<StoredAnswer>(Select, row), key);
    }

    /// <summary>The resource that was kept with the key, or the problem; null and null when the key is new.</summary>
    public async Task<(Guid? Known, Problem? Problem)> FindKeptAsync(string userId, IdempotencyKey key, CancellationToken cancellation) =>
        Read(await database.FindAsync<StoredAnswer>($"{Select} AND created_at >= @before", new { userId, key = key.Key, before = time.Now() - Kept }, cancellation), key);

    private static (Guid?, Problem?) Read(StoredAnswer? known, IdempotencyKey key) => known switch
    {
        null => (null, null),
        { Body.Length: 16 } when known.Fingerprint == key.Fingerprint => (new Guid(known.Body, bigEndian: true), null),
        _ => (null, Mismatch()),
    };

    public async Task TryRenewAsync(ClaimedKey key, CancellationToken cancellation)
    {
        try
        {
            await database.ExecuteAsync(
                "UPDATE idempotency_keys SET locked_until = @until WHERE user_id = @UserId AND key = @Key AND owner = @Owner AND state = 'running'",
                new { key.UserId, key.Key, key.Owner, until = time.Now() + Lease }, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotRenewed(exception);
        }
    }

    /// <summary>Frees the key of a request that changed nothing; one that did, and failed after it, keeps its answer.</summary>
    public async Task TryReleaseAsync(ClaimedKey key)
    {
        try
        {
            await database.ExecuteAsync(
                "DELETE FROM idempotency_keys WHERE user_id = @UserId AND key = @Key AND owner = @Owner AND state = 'running'",
                new { key.UserId, key.Key, key.Owner }, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogNotReleased(exception);
        }
    }

    public Task SweepAsync(CancellationToken cancellation) =>
        database.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = time.Now() - Kept }, cancellation);

    [LoggerMessage(1, LogLevel.Warning, "The lease on an idempotency key could not be renewed; the next round tries again.")]
    private partial void LogNotRenewed(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "An idempotency key could not be freed; it is when its lease ends.")]
    private partial void LogNotReleased(Exception exception);
}
