using StratAI.Caching.Internal;

namespace StratAI.Caching.Tests.Internal;

public sealed class CacheClockTests
{
    private static readonly CacheClock Clock = new(new Frozen());

    [Theory]
    [InlineData(-5_000)]
    [InlineData(0)]
    [InlineData(5_000)]
    public void What_comes_after_a_time_does_so_wherever_timestamps_begin(long from)
    {
        Assert.Equal(from + 2_000, Clock.After(from, TimeSpan.FromSeconds(2)));
        Assert.Equal(from - 2_000, Clock.After(from, TimeSpan.FromSeconds(-2)));
    }

    [Theory]
    [InlineData(-5_000)]
    [InlineData(5_000)]
    [InlineData(long.MaxValue - 1)]
    public void For_ever_is_the_last_timestamp(long from)
    {
        Assert.Equal(long.MaxValue, Clock.After(from, TimeSpan.MaxValue));
        Assert.Equal(from > 5_000, Clock.After(from, TimeSpan.FromSeconds(1)) == long.MaxValue);
    }

    private sealed class Frozen : TimeProvider
    {
        public override long TimestampFrequency => 1000;
    }
}
