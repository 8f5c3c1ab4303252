using System.Globalization;
using StratAI.Benchmarks.Caching;

namespace StratAI.Benchmarks.Chat;

/// <summary>
/// The database statements of one chat message, counted by the server (<c>pg_stat_statements</c>): with nothing cached, everything having been removed
/// from the cache before each message, and with what the messages before it left there.
/// </summary>
internal static class ChatStatements
{
    private const int Messages = 50;

    public static async Task RunAsync()
    {
        await using var space = await RedisSpace.OpenAsync();
        await using var database = await BenchDatabase.CreateAsync();
        await using var host = await HostChild.StartAsync(database.ConnectionString, space.Name);
        await using var cache = Contenders.Distributed(space.Name);
        using var user = await ChatUser.CreateAsync(host.Address);
        await user.AskAsync();

        var forgotten = await database.ForgottenAsync();
        var cold = await CountAsync(async () =>
        {
            // From here, which is another instance to the host; the pause is for the message to it.
            await cache.Cache.RemoveByTagAsync("*");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        });
        if (cold.Of(StatementKind.Context) < Messages)
        {
            throw new InvalidOperationException("The host's cache was not emptied: not every message ran a context query.");
        }

        WriteTables(cold, await CountAsync(() => Task.CompletedTask));
        if (await database.ForgottenAsync() != forgotten)
        {
            Console.WriteLine("\n**The server has forgotten statements meanwhile (`pg_stat_statements.max`); the counts may be too low.**");
        }

        async Task<StatementCounts> CountAsync(Func<Task> prepare)
        {
            var before = await StatementCounts.ReadAsync(database);
            for (var message = 0; message < Messages; message++)
            {
                await prepare();
                await user.AskAsync();
            }

            return (await StatementCounts.ReadAsync(database)).Since(before);
        }
    }

    private static void WriteTables(StatementCounts cold, StatementCounts warm)
    {
        Console.WriteLine("| database statements per chat message | nothing cached | warm cache | fewer |");
        Console.WriteLine("|---|---:|---:|---:|");
        WriteRow("context queries", [StatementKind.Context]);
        WriteRow("reads of the conversation", [StatementKind.ConversationRead]);
        WriteRow("writes", [StatementKind.Write]);
        WriteRow("all reads", [StatementKind.Context, StatementKind.ConversationRead]);
        WriteRow("all, without transactions and resets", [StatementKind.Context, StatementKind.ConversationRead, StatementKind.Write]);
        WriteRow("all of them", [StatementKind.Context, StatementKind.ConversationRead, StatementKind.Write, StatementKind.Control]);
        Console.WriteLine();
        Console.WriteLine("| kind | statement | nothing cached | warm cache |");
        Console.WriteLine("|---|---|---:|---:|");
        foreach (var statement in cold.Statements.Union(warm.Statements).OrderBy(StatementCounts.KindOf).ThenByDescending(cold.Of))
        {
            Console.WriteLine($"| {StatementCounts.KindOf(statement)} | `{Shorten(statement)}` | {PerMessage(cold.Of(statement))} | {PerMessage(warm.Of(statement))} |");
        }

        void WriteRow(string name, StatementKind[] kinds)
        {
            var (without, with) = (kinds.Sum(cold.Of), kinds.Sum(warm.Of));
            var fewer = without == 0 ? "" : ((double)(without - with) / without).ToString("P0", CultureInfo.InvariantCulture);
            Console.WriteLine($"| {name} | {PerMessage(without)} | {PerMessage(with)} | {fewer} |");
        }
    }

    private static string PerMessage(long calls) => ((double)calls / Messages).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Shorten(string statement)
    {
        var line = string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);
        return line.Length <= 100 ? line : $"{line[..100]}…";
    }
}
