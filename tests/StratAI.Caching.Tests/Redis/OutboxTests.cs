using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Redis;

public sealed class OutboxTests
{
    private readonly Outbox _outbox = new(capacity: 3, _ => { });

    [Fact]
    public void What_is_pending_is_in_doubt_until_it_is_delivered()
    {
        _outbox.Add(InvalidationKind.Keys, ["k"]);
        _outbox.Add(InvalidationKind.Tags, ["t"]);

        Assert.True(_outbox.Contains("k", []));
        Assert.True(_outbox.Contains("other", ["u", "t"]));
        Assert.False(_outbox.Contains("t", ["k"]));

        var (_, version) = _outbox.Peek();
        _outbox.Delivered(InvalidationKind.Keys, ["k"], version);

        Assert.False(_outbox.Contains("k", []));
        Assert.Equal(1, _outbox.Count);
    }

    [Fact]
    public void What_is_added_again_during_a_delivery_stays()
    {
        _outbox.Add(InvalidationKind.Keys, ["k"]);
        var (_, version) = _outbox.Peek();
        _outbox.Add(InvalidationKind.Keys, ["k"]);

        _outbox.Delivered(InvalidationKind.Keys, ["k"], version);

        Assert.True(_outbox.Contains("k", []));
    }

    [Fact]
    public void More_than_it_holds_becomes_everything()
    {
        _outbox.Add(InvalidationKind.Keys, ["a", "b", "c", "d"]);

        Assert.True(_outbox.Contains("any", []));
        Assert.Equal(1, _outbox.Count);
        Assert.Equal(InvalidationKind.All, Assert.Single(_outbox.Peek().Names).Key);
    }
}
