using CsCheck;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Tests.Internal;

public sealed class InvalidationLogTests
{
    [Fact]
    public void A_name_counts_as_invalidated_for_what_is_older_only()
    {
        var log = new InvalidationLog(10);
        log.Add("k", 5);

        Assert.True(log.IsInvalidated("k", 4));
        Assert.False(log.IsInvalidated("k", 5));
        Assert.False(log.IsInvalidated("other", 0));
    }

    [Fact]
    public void An_older_invalidation_that_comes_late_changes_nothing()
    {
        var log = new InvalidationLog(10);
        log.Add("k", 5);
        log.Add("k", 3);

        Assert.True(log.IsInvalidated("k", 4));
    }

    [Fact]
    public void A_name_that_is_invalidated_often_does_not_push_others_out()
    {
        var log = new InvalidationLog(2);
        log.Add("rare", 1);
        for (var sequence = 2; sequence < 100; sequence++)
        {
            log.Add("often", sequence);
        }

        Assert.False(log.IsInvalidated("other", 1));
        Assert.Equal(2, log.Count);
    }

    /// <summary>Against a dictionary that forgets nothing: the log never says "valid" where the dictionary says "invalidated".</summary>
    [Fact]
    public void Forgetting_never_makes_something_valid() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 20].Array[0, 60]).Sample((capacity, names) =>
        {
            var log = new InvalidationLog(capacity);
            var model = new Dictionary<string, long>();
            for (var sequence = 1; sequence <= names.Length; sequence++)
            {
                var name = $"{names[sequence - 1]}";
                log.Add(name, sequence);
                model[name] = sequence;
                Assert.True(log.Count <= capacity);
                Assert.True(log.IsInvalidated(name, sequence - 1));
                Assert.False(log.IsInvalidated(name, sequence));
                for (var since = 0; since <= sequence; since++)
                {
                    Assert.All(model, known => Assert.True(known.Value <= since || log.IsInvalidated(known.Key, since)));
                }
            }
        }, iter: 200);
}
