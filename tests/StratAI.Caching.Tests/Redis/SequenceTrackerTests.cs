using CsCheck;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Redis;

public sealed class SequenceTrackerTests
{
    [Fact]
    public void A_message_that_skips_a_number_is_a_gap_and_the_next_is_not()
    {
        var tracker = new SequenceTracker();
        tracker.Restart(10, 0);

        Assert.False(tracker.Receive(11));
        Assert.True(tracker.Receive(13));
        Assert.False(tracker.Receive(14));
        Assert.False(tracker.Receive(12));
        Assert.Equal(14, tracker.Seen);
    }

    [Fact]
    public void A_beat_confirms_as_of_the_last_one_whose_messages_have_all_come()
    {
        var tracker = new SequenceTracker();
        Assert.Equal(BeatResult.First, tracker.Beat(10, 100, out _));

        Assert.Equal(BeatResult.Confirmed, tracker.Beat(10, 200, out var confirmedAt));
        Assert.Equal(200, confirmedAt);
        Assert.Equal(BeatResult.Confirmed, tracker.Beat(11, 300, out confirmedAt));
        Assert.Equal(200, confirmedAt);
        tracker.Receive(11);
        Assert.Equal(BeatResult.Confirmed, tracker.Beat(12, 400, out confirmedAt));
        Assert.Equal(300, confirmedAt);
    }

    [Fact]
    public void A_message_still_missing_one_beat_later_is_lost()
    {
        var tracker = new SequenceTracker();
        tracker.Beat(10, 100, out _);
        tracker.Beat(11, 200, out _);

        Assert.Equal(BeatResult.Lost, tracker.Beat(11, 300, out var confirmedAt));
        Assert.Equal(300, confirmedAt);
        Assert.Equal(11, tracker.Seen);
    }

    /// <summary>
    /// Invalidations are published, come or are lost, and beats ask, in any order: whatever was published before a confirmed time has come, or
    /// L1 was dropped after it.
    /// </summary>
    [Fact]
    public void Nothing_published_before_a_confirmed_time_is_unknown() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool).Array[1, 60].Sample(steps =>
        {
            var tracker = new SequenceTracker();
            var (time, published, droppedUpTo) = (0L, 0L, 0L);
            var publishedAt = new Dictionary<long, long>();
            var onTheWay = new Queue<long>();
            var come = new HashSet<long>();
            foreach (var (step, lose) in steps)
            {
                time++;
                if (step == 0)
                {
                    publishedAt[++published] = time;
                    if (!lose)
                    {
                        onTheWay.Enqueue(published);
                    }
                }
                else if (step == 1 && onTheWay.TryDequeue(out var message))
                {
                    come.Add(message);
                    droppedUpTo = tracker.Receive(message) ? message : droppedUpTo;
                }
                else if (step >= 2)
                {
                    var result = tracker.Beat(published, time, out var confirmedAt);
                    droppedUpTo = result is BeatResult.First or BeatResult.Lost ? published : droppedUpTo;
                    Assert.All(publishedAt, each => Assert.True(each.Value > confirmedAt || each.Key <= droppedUpTo || come.Contains(each.Key)));
                }
            }
        });
}
