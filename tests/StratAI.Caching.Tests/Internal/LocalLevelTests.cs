using CsCheck;
using StratAI.Caching.Internal;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Internal;

public sealed class LocalLevelTests
{
    private readonly LocalLevel _level = new(capacity: 100, capacityBytes: 1_000_000, knownSequence: 10);

    [Fact]
    public void An_entry_from_before_an_invalidation_is_not_taken_after_it()
    {
        var before = _level.Now;
        _level.InvalidateKey("k", 11);
        _level.Put("k", Levels.Entry(before));

        Assert.False(_level.TryGet("k", 0, out _));
    }

    [Fact]
    public void An_invalidation_takes_older_entries_and_leaves_newer_ones()
    {
        _level.Put("k", Levels.Entry(_level.Now with { Sequence = 12 }));
        _level.InvalidateKey("k", 12);
        Assert.True(_level.TryGet("k", 0, out _));

        _level.InvalidateKey("k", 13);
        Assert.False(_level.TryGet("k", 0, out _));
    }

    [Fact]
    public void A_flush_takes_what_is_older_also_when_it_comes_after()
    {
        var before = _level.Now;
        _level.Flush(20);
        _level.Put("old", Levels.Entry(before));
        _level.Put("new", Levels.Entry(_level.Now));

        Assert.False(_level.TryGet("old", 0, out _));
        Assert.True(_level.TryGet("new", 0, out _));
    }

    [Fact]
    public void An_invalidation_that_comes_a_second_time_disturbs_nothing_made_since()
    {
        _level.InvalidateKey("k", 11);
        _level.InvalidateTag("t", 12);
        _level.Flush(13);
        var mark = _level.Generations.Mark("k", ["t"]);
        _level.Put("other", Levels.Entry(_level.Now));

        _level.InvalidateKey("k", 11);
        _level.InvalidateTag("t", 12);
        _level.Flush(13);

        Assert.Equal(mark, _level.Generations.Mark("k", ["t"]));
        Assert.True(_level.TryGet("other", 0, out _));
    }

    [Fact]
    public void After_a_restart_nothing_from_before_counts_though_its_sequence_is_higher()
    {
        _level.Observe(_level.Now, 1000);
        var before = _level.Now;
        _level.Restart(500);
        _level.Put("k", Levels.Entry(before));

        Assert.False(_level.TryGet("k", 0, out _));
        Assert.False(_level.IsSameEpoch(before));
        Assert.Equal(500, _level.Observe(before, 1001) is { Sequence: 1001 } ? _level.Now.Sequence : 0);
    }

    [Fact]
    public void What_is_not_known_to_reflect_anything_is_not_taken()
    {
        var level = new LocalLevel(100, 1_000_000, Stamp.Unknown);
        level.Put("k", Levels.Entry(level.Now));

        Assert.False(level.TryGet("k", 0, out _));
    }

    [Fact]
    public void Its_size_is_that_of_what_it_holds_whatever_was_done_to_it() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 30], Gen.Int[0, 5000]).Array[0, 200].Sample(steps =>
        {
            var level = new LocalLevel(capacity: 10, capacityBytes: 20_000, knownSequence: 0);
            foreach (var (step, key, size) in steps)
            {
                if (step == 0)
                {
                    level.Remove($"{key}");
                }
                else
                {
                    level.Put($"{key}", Levels.Entry(level.Now, size));
                }

                Assert.InRange(level.Bytes, 0, 20_000);
                Assert.InRange(level.Count, 0, 10);
                Assert.Equal(level.Count == 0, level.Bytes == 0);
            }

            level.Flush(1);
            Assert.Equal(0, level.Bytes);
        }, iter: 200);

    [Fact]
    public void Whoever_learns_of_a_flush_second_also_returns_to_an_empty_level()
    {
        for (var sequence = 11; sequence < 111; sequence++)
        {
            for (var i = 0; i < 100; i++)
            {
                _level.Put($"{i}", Levels.Entry(_level.Now));
            }

            using var both = new Barrier(2);
            var left = new int[2];
            Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, learner =>
            {
                both.SignalAndWait(TimeSpan.FromSeconds(10));
                _level.Flush(sequence);
                left[learner] = _level.Count;
            });
            Assert.Equal([0, 0], left);
        }
    }
}
