using System.Numerics;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests;

/// <summary>
/// Random histories, step by step against a token bucket written the other way round: a level of permits in exact fractions, not a time.
/// </summary>
public sealed class GcraModelTests
{
    private static readonly string[] Keys = ["a", "b", "c"];

    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true };

    private static readonly Gen<History> Histories =
        from limits in Gen.Long[1, 12].Array[2]
        from windows in Gen.OneOf(Gen.Long[1_000, 1_100], Gen.Long[1_000, 5_000_000]).Array[2]
        from steps in Gen.Select(
            Gen.OneOf(Gen.Const(0L), Gen.Long[1, 500], Gen.Long[1, 2_000_000], Gen.Const(-1L)),
            Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2], Gen.Long[0, 13]).Array[1, 3],
            (wait, checks) => new Step(wait, [.. checks.DistinctBy(c => (c.Item1, c.Item2))])).Array[1, 40]
        select new History(limits, windows, steps);

    [Fact]
    public void The_process_decides_as_the_model() => Histories.Sample(
        history => Replay(history, (clock, configure) => Task.FromResult(TestLimiters.Embedded(clock, configure))).GetAwaiter().GetResult(),
        iter: 2_000, print: Print);

    [Fact]
    public void The_script_decides_as_the_model() => Histories.Sample(
        history => Replay(history, TestLimiters.OnRedisAsync).GetAwaiter().GetResult(), iter: 200, threads: 2, print: Print);

    private static string Print(History history) => JsonSerializer.Serialize(history, Json);

    private static async Task Replay(History history, Func<TimeProvider, Action<RateLimitingOptions>, Task<RateLimiters>> create)
    {
        var clock = new FakeTimeProvider(TestLimiters.Epoch);
        var limiters = await create(clock, o =>
        {
            // What is refused from memory says nothing of a call's other checks.
            o.DenialCacheDuration = TimeSpan.Zero;
            for (var i = 0; i < history.Limits.Length; i++)
            {
                o.AddPolicy($"p{i}", new() { PermitLimit = history.Limits[i], Window = TimeSpan.FromMicroseconds(history.Windows[i]) });
            }
        });
        var buckets = new Dictionary<(int, int), ModelBucket>();
        var admitted = new Dictionary<(int, int), List<(long At, long Cost)>>();
        long now = 0;
        long? retryAfter = null;

        foreach (var step in history.Steps)
        {
            // -1 waits for exactly as long as the last refusal said.
            var wait = step.Wait >= 0 ? step.Wait : retryAfter ?? 0;
            clock.Advance(TimeSpan.FromMicroseconds(wait));
            now += wait;

            var decision = await limiters.AcquireAsync([.. step.Checks.Select(c => new RateLimitCheck($"p{c.Policy}", Keys[c.Key], c.Cost))]);

            Assert.False(decision.IsDegraded);
            var expected = step.Checks.Select(c => Bucket(c.Policy, c.Key)).ToArray();
            var violated = step.Checks.Select((c, i) => !expected[i].HasRoom(c.Cost, now)).ToArray();
            Assert.Equal(violated, decision.Policies.Select(p => p.Violated));
            Assert.Equal(!violated.Contains(true), decision.IsAcquired);
            for (var i = 0; i < expected.Length; i++)
            {
                var (policy, key, cost) = step.Checks[i];
                if (decision.IsAcquired && cost > 0)
                {
                    expected[i].Take(cost, now);
                    admitted.TryAdd((policy, key), []);
                    admitted[(policy, key)].Add((now, cost));
                }

                var status = decision.Policies[i];
                Assert.Equal(expected[i].Remaining(now), status.Remaining);
                Assert.Equal(expected[i].MicrosUntil(history.Limits[policy], now), status.ResetAfter.TotalMicroseconds);
                Assert.Equal(violated[i] ? expected[i].MicrosUntil(Math.Max(1, cost), now) : null, status.RetryAfter?.TotalMicroseconds);
            }

            retryAfter = (long?)decision.RetryAfter?.TotalMicroseconds;
        }

        foreach (var ((policy, _), takes) in admitted)
        {
            AssertBoundInEveryWindow(takes, history.Limits[policy], history.Windows[policy]);
        }

        ModelBucket Bucket(int policy, int key) => buckets.TryGetValue((policy, key), out var bucket)
            ? bucket
            : buckets[(policy, key)] = new(history.Limits[policy], history.Windows[policy]);
    }

    private static void AssertBoundInEveryWindow(List<(long At, long Cost)> takes, long limit, long window)
    {
        for (var first = 0; first < takes.Count; first++)
        {
            long sum = 0;
            for (var last = first; last < takes.Count; last++)
            {
                sum += takes[last].Cost;
                var span = takes[last].At - takes[first].At;
                Assert.True((BigInteger)sum * window <= ((BigInteger)limit * window) + ((BigInteger)span * limit), $"{sum} permits in {span} µs");
            }
        }
    }

    private sealed record History(long[] Limits, long[] Windows, Step[] Steps);

    private sealed record Step(long Wait, (int Policy, int Key, long Cost)[] Checks);

    /// <summary>Holds <c>level ÷ window</c> permits, and gains <c>limit ÷ window</c> per microsecond.</summary>
    private sealed class ModelBucket(long limit, long window)
    {
        private BigInteger _level = (BigInteger)limit * window;
        private long _at;

        public bool HasRoom(long cost, long now) => Level(now) >= (BigInteger)Math.Max(1, cost) * window;

        public void Take(long cost, long now) => (_level, _at) = (Level(now) - ((BigInteger)cost * window), now);

        public long Remaining(long now) => (long)(Level(now) / window);

        /// <summary>Until that many permits are there, rounded up; <see langword="null"/> if they never are.</summary>
        public double? MicrosUntil(long permits, long now) =>
            permits > limit ? null : (double)BigInteger.Max(0, (((BigInteger)permits * window) - Level(now) + limit - 1) / limit);

        private BigInteger Level(long now) => BigInteger.Min((BigInteger)limit * window, _level + ((BigInteger)(now - _at) * limit));
    }
}
