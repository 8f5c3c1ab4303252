using System.Text.RegularExpressions;

namespace StratAI.Benchmarks.Chat;

/// <summary>How often each statement ran, by its text.</summary>
internal sealed partial class StatementCounts(IReadOnlyDictionary<string, long> calls)
{
    public IEnumerable<string> Statements => calls.Keys;

    public static async Task<StatementCounts> ReadAsync(BenchDatabase database)
    {
        await using var command = database.Source.CreateCommand(
            """
            SELECT query, sum(calls)::bigint FROM pg_stat_statements
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '%pg_stat_statements%'
            GROUP BY query
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var calls = new Dictionary<string, long>();
        while (await reader.ReadAsync())
        {
            calls[reader.GetString(0)] = reader.GetInt64(1);
        }

        return new(calls);
    }

    public long Of(string statement) => calls.GetValueOrDefault(statement);

    public long Of(StatementKind kind) => calls.Where(pair => KindOf(pair.Key) == kind).Sum(pair => pair.Value);

    public StatementCounts Since(StatementCounts before) =>
        new(calls.Select(pair => (pair.Key, Value: pair.Value - before.Of(pair.Key))).Where(pair => pair.Value > 0).ToDictionary(pair => pair.Key, pair => pair.Value));

    public static StatementKind KindOf(string statement) =>
        Control().IsMatch(statement) ? StatementKind.Control
        : Timers().IsMatch(statement) ? StatementKind.Timer
        : (Read().IsMatch(statement), Conversation().IsMatch(statement)) switch
        {
            (true, false) => StatementKind.Context,
            (true, true) => StatementKind.ConversationRead,
            _ => StatementKind.Write,
        };

    [GeneratedRegex("^(BEGIN|COMMIT|ROLLBACK|DISCARD|SET|RESET)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Control();

    // The generations of dead instances, the progress of long answers, heartbeats, what was left behind.
    [GeneratedRegex("updated_at < |^UPDATE messages SET content = \\$\\d+, updated_at|\\b(instances|idempotency_keys|stored_objects)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Timers();

    // A read that locks is the beginning of a write.
    [GeneratedRegex("^(SELECT|WITH)\\b(?!.*\\bFOR UPDATE\\b)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Read();

    [GeneratedRegex("\\b(FROM|INTO|UPDATE) (messages|conversations)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Conversation();
}
