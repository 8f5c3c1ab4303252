using StratAI.RateLimiting.Internal;
using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>A Redis whose clock is set back: by another watch no more is admitted than ever, and nobody is kept out for longer than a window.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(RateLimitAlgorithm.TokenBucket)]
    [InlineData(RateLimitAlgorithm.FixedWindow)]
    [InlineData(RateLimitAlgorithm.SlidingWindow)]
    [InlineData(RateLimitAlgorithm.SlidingLog)]
    [InlineData(RateLimitAlgorithm.SlidingBudget)]
    public async Task A_clock_that_steps_back_admits_no_more_and_locks_nobody_out(RateLimitAlgorithm algorithm)
    {
        var redis = await TestLimiters.Redis;
        output.WriteLine($"seeds from {Fuzz.FirstSeed}");
        await Parallel.ForEachAsync(
            Enumerable.Range(Fuzz.FirstSeed, Fuzz.Times(250)), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (seed, _) => await new SteppingClock(seed, algorithm, new(redis)).RunAsync());
    }

    [Fact]
    public async Task What_a_dead_process_held_lapses_after_a_clock_that_stepped_back()
    {
        var store = new RedisModelStore(await TestLimiters.Redis);
        var policy = new LimitPolicy("p", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 1, LeaseTime = TimeSpan.FromMinutes(10) });
        var now = TestLimiters.Epoch.ToUnixTimeMilliseconds() * 1000;
        LimitRequest Take(string id) => new(policy, policy.Rules, "k", null, 1) { Key = new("p", 1), Hold = new(id, 1) };
        Assert.True((await store.AcquireAsync([Take("dead")], now)).Acquired);

        now -= 3_600_000_000;
        Assert.False((await store.AcquireAsync([Take("next")], now)).Acquired);
        Assert.False((await store.AcquireAsync([Take("next")], now + 599_999_999)).Acquired);
        Assert.True((await store.AcquireAsync([Take("next")], now + 600_000_000)).Acquired);
        await store.ForgetAsync();
    }

    private sealed class SteppingClock(int seed, RateLimitAlgorithm algorithm, RedisModelStore store)
    {
        private readonly Random _random = new(seed);
        private readonly Admissions _admitted = new();
        private readonly List<string> _trace = [];
        private long _real = (TestLimiters.Epoch - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        private long _behind;

        public async Task RunAsync()
        {
            var policy = new LimitPolicy("p", new()
            {
                Algorithm = algorithm,
                PermitLimit = _random.Next(1, 8),
                Window = TimeSpan.FromMicroseconds(_random.Next(3000, 20_000)),
                Segments = _random.Next(2, 4),
            });
            var window = policy.Rules.WindowMicros;
            var longest = Math.Max(window, policy.Rules.SegmentMicros * policy.Rules.CountedSegments);
            for (var i = 0; i < 30; i++)
            {
                _real += _random.NextInt64(_random.Next(2) == 0 ? 100 : window);
                if (_random.Next(5) == 0)
                {
                    StepBack(policy.Rules);
                }

                var cost = _random.NextInt64(1, policy.Rules.Limit + 1);
                if (await TakeAsync(policy, cost) is not { } retry)
                {
                    continue;
                }

                Assert.True(retry <= longest, $"{this}: kept out for {retry} µs");
                if (_random.Next(2) == 0)
                {
                    _real += retry - 1;
                    Assert.True(await TakeAsync(policy, cost) is 1, $"{this}: not refused just before its retry time");
                    _real += 1;
                    Assert.True(await TakeAsync(policy, cost) is null, $"{this}: refused at its retry time");
                }
            }

            AssertBound(policy.Rules);
            await store.ForgetAsync();
        }

        public override string ToString() => $"seed {seed}, {string.Join(", ", _trace)}";

        private void StepBack(LimitRules rules)
        {
            _behind += _random.NextInt64(rules.WindowMicros * (_random.Next(2) == 0 ? 10 : 1));
            if (algorithm == RateLimitAlgorithm.FixedWindow)
            {
                // A window that the clock comes to twice is one more window.
                AssertBound(rules);
                _admitted.Clear();
            }
        }

        private void AssertBound(LimitRules rules)
        {
            if (algorithm == RateLimitAlgorithm.TokenBucket)
            {
                _admitted.AssertAtRate(rules.Limit, rules.WindowMicros);
            }
            else
            {
                _admitted.AssertAtMost(algorithm == RateLimitAlgorithm.FixedWindow ? rules.Limit * 2 : rules.Limit, rules.WindowMicros);
            }
        }

        /// <returns>Until when it is to be tried again, if it was refused.</returns>
        private async Task<long?> TakeAsync(LimitPolicy policy, long cost)
        {
            var request = new LimitRequest(policy, policy.Rules, "k", null, cost)
            {
                Key = new("p", (UInt128)seed),
                Hold = policy.Rules.IsHeld ? new("", 0, cost) : null,
            };
            var reply = await store.AcquireAsync([request], _real - _behind);
            _trace.Add($"{_real} - {_behind}: {cost} {reply.Acquired} {reply.Buckets[0].RetryMicros}");
            if (!reply.Acquired)
            {
                return reply.Buckets[0].RetryMicros;
            }

            _admitted.Add(_real, cost);
            return null;
        }
    }
}
