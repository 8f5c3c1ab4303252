using Microsoft.Extensions.Options;
using StratAI.Host.Hosting;
using StratAI.Storage.Migration;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>The command <c>migrate-images</c>.</summary>
internal static class MigrateImages
{
    private const int AllMoved = 0;
    private const int Failed = 1;
    private const int SomeQuarantined = 2;
    private const int Interrupted = 130;

    private static readonly string[] Modes = ["dry-run", "reverse", "purge", "retry-quarantined", "list-quarantined"];

    /// <summary>Someone waits at a terminal: an outage of this length is told rather than waited out. Running the command again goes on.</summary>
    private static readonly TimeSpan OutageLimit = TimeSpan.FromMinutes(2);

    public static readonly Command Command = new(
        "migrate-images",
        "Moves documents from the database to the object store. Run it again to go on; exit code 0: all moved, 2: some set aside, 1: failed, 130: interrupted.",
        [
            new("dry-run", "Reads and checks everything, and writes nothing."),
            new("reverse", "Moves the documents back into the database."),
            new("purge", "Empties the column of what has moved, after comparing it with the object once more."),
            new("retry-quarantined", "Tries those again that were set aside, with all others."),
            new("list-quarantined", "Lists what was set aside, with the reasons."),
            new("workers", "Documents at a time.", 2),
            new("batch", "Documents claimed at once.", 20),
            new("rate", "Documents a second at most; 0 is as fast as load allows.", 0, 0),
        ],
        RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, CommandArguments arguments, CancellationToken cancellation)
    {
        if (Modes.Count(arguments.Has) > 1 || arguments.Number("workers") > 64 || arguments.Number("batch") > 1000)
        {
            await Console.Error.WriteLineAsync($"At most one of {string.Join(", ", Modes.Select(mode => $"--{mode}"))} is given, --workers up to 64 and --batch up to 1000.");
            return Failed;
        }

        var migration = services.GetRequiredService<ImageMigrations>().Create(options => options with
        {
            Workers = (int)arguments.Number("workers"),
            BatchSize = (int)arguments.Number("batch"),
            MaximumRowsPerSecond = arguments.Number("rate") is > 0 and var rate ? rate : null,
            OutageLimit = OutageLimit,
            Lease = services.GetRequiredService<IOptions<ImageMigrationOptions>>().Value.Lease,
        });
        if (arguments.Has("list-quarantined"))
        {
            return await ListAsync(migration, cancellation);
        }

        using var progress = new ProgressBar(Console.Out, Console.IsOutputRedirected);
        var report = arguments.Has("dry-run") ? await migration.DryRunAsync(progress, cancellation)
            : arguments.Has("reverse") ? await migration.ReverseAsync(progress, cancellation)
            : arguments.Has("purge") ? await migration.PurgeAsync(progress, cancellation)
            : await MoveAsync(migration, arguments.Has("retry-quarantined"), progress, cancellation);
        progress.Dispose();
        Write(report, arguments.Has("dry-run"));
        return report.End switch
        {
            MigrationEnd.Interrupted => Interrupted,
            MigrationEnd.Stalled => Failed,
            // What a reverse or a purge did not touch is no failure of theirs.
            _ => (arguments.Has("reverse") || arguments.Has("purge") ? report.Reasons.Values.Sum() : report.Quarantined) > 0 ? SomeQuarantined : AllMoved,
        };
    }

    private static async Task<MigrationReport> MoveAsync(ColumnMigration migration, bool retry, ProgressBar progress, CancellationToken cancellation)
    {
        if (retry)
        {
            await migration.RetryQuarantinedAsync(cancellation);
        }

        return await migration.RunAsync(progress, cancellation);
    }

    private static async Task<int> ListAsync(ColumnMigration migration, CancellationToken cancellation)
    {
        var any = false;
        await foreach (var row in migration.ListQuarantinedAsync(cancellation))
        {
            any = true;
            Console.WriteLine($"{row.Id}  {row.Reason}");
        }

        return any ? SomeQuarantined : AllMoved;
    }

    private static void Write(MigrationReport report, bool dry)
    {
        Console.WriteLine(
            $"""
            {(dry ? "Dry run, nothing was written. " : "")}{report.End} after {report.Elapsed:hh\:mm\:ss}, {report.Bytes / 1e6:0.0} MB.
              {(dry ? "would move" : "moved"),-14}{report.Moved,10}
              already moved {report.AlreadyMoved,10}
              set aside     {report.Quarantined,10}
              gone          {report.Gone,10}
              remaining     {report.Remaining,10}
              total         {report.Total,10}
            """);
        foreach (var (name, count) in new[] { ("changed meanwhile and tried again", report.Changed), ("given back in an outage", report.Released), ("returned", report.Returned), ("purged", report.Purged) })
        {
            if (count > 0)
            {
                Console.WriteLine($"  {name}: {count}");
            }
        }

        foreach (var (reason, count) in report.Reasons.OrderByDescending(pair => pair.Value))
        {
            Console.WriteLine($"  set aside for {reason}: {count}");
        }

        if (report.Quarantined > 0 && !dry)
        {
            Console.WriteLine("See them with --list-quarantined; try them again with --retry-quarantined.");
        }
    }
}
