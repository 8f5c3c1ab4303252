using CsCheck;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests;

/// <summary>Permits taken in advance: fewer calls, and never one permit too many.</summary>
public sealed class BlockTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new(TestLimiters.Epoch);
    private readonly string _prefix = TestLimiters.NewPrefix();

    private static RateLimitCheck[] One { get; } = [new("p", "k")];

    [Fact]
    public async Task Blocks_grow_while_they_are_spent_so_that_few_calls_reach_Redis()
    {
        var limiters = await NewInstanceAsync(limit: 10_000, block: 100);

        var asked = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var calling = limiters.AcquireAsync(One);
            asked += calling.IsCompleted ? 0 : 1;
            Assert.True((await calling).IsAcquired);
        }

        // 1, 1, 2, 4, 8, 16, 32, 64, and from there 100 each.
        Assert.Equal(8 + 9, asked);
    }

    [Fact]
    public async Task Statuses_tell_what_is_left_with_what_was_taken_in_advance()
    {
        var limiters = await NewInstanceAsync(limit: 100, block: 10);

        for (var i = 0; i < 100; i++)
        {
            var decision = await limiters.AcquireAsync(One);
            Assert.True(decision.IsAcquired);
            Assert.Equal(99 - i, decision.Policies[0].Remaining);
        }

        var refused = await limiters.AcquireAsync(One);
        Assert.False(refused.IsAcquired);
        Assert.NotNull(refused.RetryAfter);
    }

    [Fact]
    public async Task What_is_left_of_a_block_lapses_with_its_window()
    {
        var limiters = await NewInstanceAsync(limit: 10, block: 10);
        foreach (var _ in Enumerable.Range(0, 4))
        {
            Assert.True((await limiters.AcquireAsync(One)).IsAcquired);
        }

        _clock.Advance(Window);

        Assert.Equal(10, await CountAsync(limiters, 30));
    }

    [Fact]
    public async Task Many_callers_at_once_take_one_block()
    {
        var first = await NewInstanceAsync(limit: 1_000, block: 100);
        var second = await NewInstanceAsync(limit: 1_000, block: 100);

        // Grown to its full size, the block of the first is then asked for by all at once.
        Assert.Equal(200, await CountAsync(first, 200));
        var admitted = (await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => first.AcquireAsync(One).AsTask()))).Count(decision => decision.IsAcquired);
        Assert.Equal(300, admitted);

        var left = await CountAsync(second, 1_000);
        Assert.InRange(left, 1_000 - 500 - 100, 1_000 - 500);
    }

    [Fact]
    public async Task A_call_that_another_policy_refuses_gives_its_permit_back()
    {
        var limiters = await NewInstanceAsync(limit: 20, block: 10);
        RateLimitCheck[] both = [new("p", "k"), new("narrow", "k")];
        Assert.True((await limiters.AcquireAsync(both)).IsAcquired);
        Assert.Equal(6, await CountAsync(limiters, 6));

        for (var i = 0; i < 50; i++)
        {
            var refused = await limiters.AcquireAsync(both);
            Assert.Equal([false, true], refused.Policies.Select(policy => policy.Violated));
        }

        Assert.Equal(13, await CountAsync(limiters, 100));
    }

    [Fact]
    public void The_longest_window_ends_when_it_ends()
    {
        // In the ticks of a clock that counts nanoseconds: the end of a year in ticks times a million is more than a number of 64 bits holds.
        var policy = new LimitPolicy("p", new() { Algorithm = RateLimitAlgorithm.FixedWindow, PermitLimit = 10, Window = TimeSpan.FromDays(366), BlockSize = 5 });
        var block = new PermitBlock(TimeProvider.System);
        var askedAt = TimeProvider.System.GetTimestamp();

        block.Put(new(policy, policy.Rules, "k", null, 1), new(policy.Rules.WindowMicros * 3, 0, 0, BucketView.HasRoom, 2), askedAt);

        Assert.Equal(TimeSpan.FromDays(366), TimeProvider.System.GetElapsedTime(askedAt, block.EndsAt));
        Assert.NotNull(block.TryTake(1));
    }

    [Fact]
    public void A_permit_of_a_segment_that_is_over_is_not_given_back_to_the_next()
    {
        var policy = new LimitPolicy("p", new() { Algorithm = RateLimitAlgorithm.FixedWindow, PermitLimit = 10, Window = Window, BlockSize = 5 });
        var request = new LimitRequest(policy, policy.Rules, "k", null, 1);
        var block = new PermitBlock(_clock);
        var begin = policy.Rules.WindowMicros * 1_000;
        block.Put(request, View(begin, taken: 3), _clock.GetTimestamp());
        var taken = block.TryTake(1)!;
        _clock.Advance(Window);
        block.Put(request, View(begin + policy.Rules.WindowMicros, taken: 1), _clock.GetTimestamp());

        block.Return(1, taken.Segment);

        Assert.Null(block.TryTake(1));

        static BucketView View(long now, long taken) => new(now, 0, 0, BucketView.HasRoom, taken);
    }

    [Fact]
    public async Task Calls_that_want_the_same_blocks_in_another_order_do_not_wait_for_each_other()
    {
        var limiters = await NewInstanceAsync(limit: 100_000, block: 3, second: true);

        var calls = Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
            (await limiters.AcquireAsync(i % 2 == 0 ? [new("p", "k"), new("q", "k")] : [new("q", "k"), new("p", "k")])).IsAcquired));
        var admitted = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.All(admitted, Assert.True);
    }

    [Theory]
    [InlineData(RateLimitAlgorithm.FixedWindow)]
    [InlineData(RateLimitAlgorithm.SlidingWindow)]
    public void Instances_together_never_admit_more_and_at_most_their_blocks_less(RateLimitAlgorithm algorithm)
    {
        var histories =
            from limit in Gen.Int[5, 60]
            from block in Gen.Int[2, 5]
            from instances in Gen.Int[1, 4]
            from steps in Gen.Select(Gen.Int[0, 3], Gen.Long[1, 3], Gen.OneOf(Gen.Const(0), Gen.Int[0, 200], Gen.Int[0, 1_500])).Array[20, 150]
            select (limit, block, instances, steps);
        histories.Sample(
            history => ReplayAsync(algorithm, history.limit, history.block, history.instances, history.steps).GetAwaiter().GetResult(), iter: 60, threads: 2);
    }

    private static async Task ReplayAsync(RateLimitAlgorithm algorithm, int limit, int block, int count, (int Instance, long Cost, int Wait)[] steps)
    {
        var (clock, prefix) = (new FakeTimeProvider(TestLimiters.Epoch), TestLimiters.NewPrefix());
        var window = TimeSpan.FromSeconds(1);
        var instances = new RateLimiters[count];
        for (var i = 0; i < count; i++)
        {
            instances[i] = await TestLimiters.OnRedisAsync(clock, o =>
            {
                (o.KeyPrefix, o.DenialCacheDuration) = (prefix, TimeSpan.Zero);
                o.AddPolicy("p", new() { Algorithm = algorithm, PermitLimit = limit, Window = window, Segments = 5, BlockSize = block });
            });
        }

        var admitted = new List<(DateTimeOffset At, long Cost)>();
        foreach (var (instance, cost, wait) in steps)
        {
            clock.Advance(TimeSpan.FromMilliseconds(wait));
            var now = clock.GetUtcNow();
            if ((await instances[instance % count].AcquireAsync([new("p", "k", cost)])).IsAcquired)
            {
                admitted.Add((now, cost));
            }
            else
            {
                // As in the exact mode the rule counts whole segments; what may be missing is in the others' blocks.
                var counted = algorithm == RateLimitAlgorithm.FixedWindow ? Begin(now, window) : Begin(now, window / 5) - window;
                Assert.InRange(admitted.Where(permit => permit.At >= counted).Sum(permit => permit.Cost), limit - cost - (count * block) + 1, limit);
            }
        }

        foreach (var (at, _) in admitted)
        {
            var from = algorithm == RateLimitAlgorithm.FixedWindow ? Begin(at, window) : at;
            Assert.True(admitted.Where(permit => permit.At >= from && permit.At < from + window).Sum(permit => permit.Cost) <= limit);
        }
    }

    private static DateTimeOffset Begin(DateTimeOffset time, TimeSpan length) => time - TimeSpan.FromTicks((time - DateTimeOffset.UnixEpoch).Ticks % length.Ticks);

    private static async Task<int> CountAsync(RateLimiters limiters, int calls)
    {
        var admitted = 0;
        for (var i = 0; i < calls; i++)
        {
            admitted += (await limiters.AcquireAsync(One)).IsAcquired ? 1 : 0;
        }

        return admitted;
    }

    private Task<RateLimiters> NewInstanceAsync(long limit, long block, bool second = false) => TestLimiters.OnRedisAsync(_clock, o =>
    {
        o.KeyPrefix = _prefix;
        var policy = new RateLimitPolicy { Algorithm = RateLimitAlgorithm.FixedWindow, PermitLimit = limit, Window = Window, BlockSize = block };
        o.AddPolicy("p", policy).AddPolicy("narrow", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) });
        if (second)
        {
            o.AddPolicy("q", policy);
        }
    });
}
