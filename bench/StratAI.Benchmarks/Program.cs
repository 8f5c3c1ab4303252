using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using StratAI.Benchmarks.Caching;
using StratAI.Benchmarks.Chat;
using StratAI.Benchmarks.Host;
using StratAI.Benchmarks.Locking;
using StratAI.Benchmarks.Pagination;
using StratAI.Benchmarks.RateLimiting;
using StratAI.Benchmarks.Storage;

Func<Task>? other = args switch
{
    ["paired"] or ["paired", "pagination"] => PairedPages.RunAsync,
    ["paired", "caching"] => PairedCaches.RunAsync,
    ["paired", "locking"] => PairedMutexes.RunAsync,
    ["paired", "ratelimiting"] => PairedLimits.RunAsync,
    ["ratelimiting-memory"] => LimitMemory.RunAsync,
    ["ratelimiting-throughput"] => LimitThroughput.RunAsync,
    ["locking-handover"] => HandOver.RunAsync,
    ["caching-throughput"] => HotSet.RunAsync,
    ["caching-visibility"] => VisibilityRun.RunAsync,
    ["caching-node", var cache, var space] => () => VisibilityNode.RunAsync(cache, space),
    ["storage-memory", .. var names] => () => UploadMemory.RunAsync(names),
    ["paired", "storage"] => Throughput.RunAsync,
    ["image-variants"] => ImageVariants.RunAsync,
    ["storage-peer", var address, var bucket] => () => PeerApp.RunAsync(address, bucket),
    ["chat-statements"] => ChatStatements.RunAsync,
    ["host-lists"] => TaskLists.RunAsync,
    ["host-chat"] => ChatStreams.RunAsync,
    ["host-peer", var layer, var address, var database] => () => TaskPeer.RunAsync(layer, address, database),
    ["migration"] => () => MigrationBench.RunAsync(10_000, []),
    ["migration", var rows, .. var rest] => () => MigrationBench.RunAsync(int.Parse(rows, CultureInfo.InvariantCulture), rest),
    _ => null,
};
if (other is not null)
{
    await other();
    return;
}

// In the process itself: a generated project would be restored and built beside the solution's lock files.
var config = DefaultConfig.Instance
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(15))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.WarmupCount);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
