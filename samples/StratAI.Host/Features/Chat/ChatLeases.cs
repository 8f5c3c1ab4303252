using System.Text.Json;
using StratAI.Host.Database;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Hosting;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// Who makes an answer: an instance holds each of its answers by a lease in the database, judged by the database's clock, so that instances whose clocks differ
/// agree. An answer whose lease has run out is taken up by another instance.
/// </summary>
internal sealed class ChatLeases(AppDatabase database, InstanceIdentity instance, TimeProvider time)
{
    /// <summary>For this long after a heartbeat an instance is believed to live. With the pause between two looks for dead ones, and these taken up, within 30 s.</summary>
    public const int Seconds = 20;

    private const int MaximumClaim = 50;

    private Dialect Dialect => database.Dialect;

    /// <summary>Holds the answers for another while. Returns those that are still this instance's.</summary>
    public Task<IReadOnlyList<Guid>> RenewAsync(IEnumerable<Guid> answers, CancellationToken cancellation) => database.WriteAsync(
        work => work.QueryAsync<Guid>(
            $"""
            UPDATE messages SET lease_until = {Dialect.Clock(Seconds)}
            WHERE {Dialect.In("id", "@answers")} AND status = 'streaming' AND lease_owner = @owner RETURNING id
            """,
            new { answers = Dialect.List(answers), owner = instance.Name }),
        cancellation);

    /// <summary>Keeps what there is of an answer: should nothing else be left of it, this is.</summary>
    public Task<int> SaveProgressAsync(Guid answerId, string text, TokenUsage usage) => database.ExecuteAsync(
        $"""
        UPDATE messages SET content = @text, usage = {Dialect.Json("@usage")}, updated_at = @now
        WHERE id = @answerId AND status = 'streaming' AND lease_owner = @owner AND content <> @text
        """,
        new { answerId, text, usage = JsonSerializer.Serialize(usage, ApiJson.Options), now = time.Now(), owner = instance.Name },
        CancellationToken.None);

    public Task RequestStopAsync(Guid answerId, CancellationToken cancellation) =>
        database.ExecuteAsync("UPDATE messages SET stop_requested = TRUE WHERE id = @answerId AND status = 'streaming'", new { answerId }, cancellation);

    /// <summary>Which of the answers are to stop.</summary>
    public Task<IReadOnlyList<Guid>> StopsAsync(IEnumerable<Guid> answers, CancellationToken cancellation) => database.QueryAsync<Guid>(
        $"SELECT id FROM messages WHERE {Dialect.In("id", "@answers")} AND stop_requested", new { answers = Dialect.List(answers) }, cancellation);

    /// <summary>
    /// Takes over answers whose lease has run out, but for those that this instance knows to be alive. Their former owner can neither renew nor end them from here on.
    /// </summary>
    public Task<IReadOnlyList<Guid>> ClaimDeadAsync(IEnumerable<Guid> alive, CancellationToken cancellation) => database.WriteAsync(
        work => work.QueryAsync<Guid>(
            $"""
            UPDATE messages SET lease_owner = @owner, lease_until = {Dialect.Clock(Seconds)}
            WHERE id IN (
                SELECT id FROM messages WHERE status = 'streaming' AND lease_until < {Dialect.Clock()} AND NOT ({Dialect.In("id", "@alive")})
                LIMIT {MaximumClaim}{Dialect.SkipLocked})
            RETURNING id
            """,
            new { owner = instance.Name, alive = Dialect.List(alive) }),
        cancellation);
}
