using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Migration;
using StratAI.Storage.Migration.Internal;

namespace StratAI.Storage.Tests.Migration;

public sealed class PaceTests
{
    private static readonly ColumnMigrationOptions Options = new() { Table = "t", DataColumn = "d", KeyColumn = "k" };
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_rests_while_the_database_is_slower_than_at_its_best_and_no_longer()
    {
        var pace = new Pace(Options, _time);
        Sample(pace, 20, milliseconds: 4);
        Assert.Equal(0, pace.Rest);

        Sample(pace, 20, milliseconds: 40);
        var loaded = pace.Rest;
        Sample(pace, 60, milliseconds: 4);

        Assert.InRange(loaded, 0.5, 8);
        Assert.Equal(0, pace.Rest);
    }

    [Fact]
    public void A_database_that_became_slower_for_good_is_not_waited_for_for_ever()
    {
        var pace = new Pace(Options, _time);
        Sample(pace, 20, milliseconds: 4);
        Sample(pace, 3000, milliseconds: 40);

        Assert.Equal(0, pace.Rest);
    }

    [Fact]
    public void Rows_begin_no_faster_than_allowed()
    {
        var pace = new Pace(Options with { MaximumRowsPerSecond = 10 }, _time);
        var turns = Enumerable.Range(0, 4).Select(_ => pace.NextAsync(default)).ToList();

        Assert.Equal([true, false, false, false], turns.Select(turn => turn.IsCompleted));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([true, true, false, false], turns.Select(turn => turn.IsCompleted));
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.All(turns, turn => Assert.True(turn.IsCompleted));
    }

    [Fact]
    public void The_pauses_of_an_outage_double_up_to_a_limit_and_one_row_ends_them()
    {
        var outage = new Outage(Options with { RetryDelay = TimeSpan.FromSeconds(1), MaximumRetryDelay = TimeSpan.FromSeconds(10) }, _time);
        foreach (var longest in new[] { 1, 2, 4, 8, 10, 10 })
        {
            Assert.True(outage.Failed(new IOException()));
            // The other workers fail of the same.
            Assert.False(outage.Failed(new IOException()));
            Assert.InRange(outage.Left().TotalSeconds, longest / 2.0, longest);
            _time.Advance(TimeSpan.FromSeconds(longest));
        }

        outage.Succeeded();
        Assert.Equal((TimeSpan.Zero, null), (outage.Left(), outage.Reason));
        outage.Failed(new IOException());
        Assert.InRange(outage.Left().TotalSeconds, 0.5, 1);
    }

    [Fact]
    public void A_store_that_says_when_to_come_back_is_believed()
    {
        var outage = new Outage(Options, _time);

        outage.Failed(new ObjectStoreException(ObjectStoreFailure.Unavailable, "busy", null, TimeSpan.FromMinutes(1)));

        Assert.Equal(TimeSpan.FromMinutes(1), outage.Left());
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a;b")]
    [InlineData("1a")]
    [InlineData("a.b.c")]
    [InlineData("ä")]
    [InlineData("")]
    public void Names_that_would_need_escaping_are_refused(string name) => Assert.ThrowsAny<ArgumentException>(() => Identifier.Quote(name, "Table", qualified: true));

    [Fact]
    public void A_table_may_have_its_schema() => Assert.Equal("\"app\".\"Images\"", Identifier.Quote("app.Images", "Table", qualified: true));

    private static void Sample(Pace pace, int times, double milliseconds)
    {
        for (var sample = 0; sample < times; sample++)
        {
            pace.Sample(TimeSpan.FromMilliseconds(milliseconds));
        }
    }
}
