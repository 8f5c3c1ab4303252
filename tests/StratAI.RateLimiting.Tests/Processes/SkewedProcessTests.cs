using StackExchange.Redis;
using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests.Processes;

/// <summary>Eight processes on one Redis, the first with a clock that is an hour behind, the last with one that is an hour ahead.</summary>
[Collection(nameof(FullLoad))]
public sealed class SkewedProcessTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Processes = 8;
    private const int Refusals = 20;
    private const string Key = "k";

    private static readonly TimeSpan MaximumSkew = TimeSpan.FromHours(1);

    private readonly string _prefix = TestLimiters.NewPrefix();
    private readonly List<LimiterProcess> _processes = [];
    private ConnectionMultiplexer _redis = null!;

    private int Admitted => _processes.Sum(process => process.Admitted);

    public async Task InitializeAsync() => _redis = await TestLimiters.Redis;

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        var keys = await KeyLife.AllExpireAsync(_redis, _prefix);
        Assert.NotEmpty(keys);
        await _redis.GetDatabase().KeyDeleteAsync(keys);
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Processes_whose_clocks_differ_admit_exactly_the_limit(string kind)
    {
        const int Limit = 5_000;
        var processes = StartAll(LastingPolicies.Create(kind, Limit));

        var ends = await Task.WhenAll(await BeginAsync(processes, Limit));

        output.WriteLine(string.Join(", ", processes.Select(process => $"{process.Clock}: {process.Admitted}")));
        Assert.All(ends, end => Assert.Equal($"refused {Refusals} degraded 0", end));
        Assert.Equal(Limit, Admitted);
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Processes_that_are_killed_and_started_again_admit_the_limit_but_for_the_last_permit_of_each(string kind)
    {
        const int Limit = 16_000;
        const int Kills = 8;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var policy = LastingPolicies.Create(kind, Limit);
        var living = StartAll(policy);
        var taking = await BeginAsync(living, Limit);

        foreach (var admitted in Enumerable.Range(0, Kills).Select(_ => random.Next(Limit * 3 / 4)).Order())
        {
            await Eventually.TrueAsync(() => Admitted >= admitted, $"{admitted} are admitted");
            var victim = random.Next(living.Length);
            await living[victim].KillAsync();
            living[victim] = Start(policy, living[victim].Clock);
            taking.Add(TakeAsync(living[victim], Limit));
        }

        var ends = await Task.WhenAll(taking);
        output.WriteLine($"admitted {Admitted}, of these after a start again {_processes.Skip(Processes).Sum(process => process.Admitted)}");
        Assert.Equal(Processes, ends.Count(end => end == $"refused {Refusals} degraded 0"));
        Assert.Equal(Kills, ends.Count(end => end is null));
        Assert.InRange(Admitted, Limit - Kills, Limit);
    }

    /// <summary>The one that is furthest behind begins: to one whose clock were believed to be ahead, what it took would have come back.</summary>
    private static async Task<List<Task<string?>>> BeginAsync(LimiterProcess[] processes, int limit)
    {
        await Task.WhenAll(processes.Select(process => process.ReadyAsync()));
        var first = TakeAsync(processes[0], limit);
        await Eventually.TrueAsync(() => processes[0].Admitted >= 40, "the first process takes");
        return [first, .. processes[1..].Select(process => TakeAsync(process, limit))];
    }

    private static Task<string?> TakeAsync(LimiterProcess process, int limit) => process.TakeAsync(Key, limit + Refusals, Refusals);

    private LimiterProcess[] StartAll(RateLimitPolicy policy) =>
        [.. Enumerable.Range(0, Processes).Select(i => Start(policy, MaximumSkew * ((2.0 * i / (Processes - 1)) - 1)))];

    private LimiterProcess Start(RateLimitPolicy policy, TimeSpan clock)
    {
        var process = new LimiterProcess(_prefix, policy, clock);
        _processes.Add(process);
        return process;
    }
}
