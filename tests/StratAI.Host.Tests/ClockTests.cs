using Microsoft.Extensions.Time.Testing;
using StratAI.Host.Http;

namespace StratAI.Host.Tests;

public sealed class ClockTests
{
    [Fact]
    public void Ids_made_a_microsecond_apart_sort_as_they_were_made()
    {
        var time = new FakeTimeProvider(new(2026, 11, 24, 10, 15, 30, 999, TimeSpan.Zero));
        var ids = new List<Guid>();
        for (var i = 0; i < 5_000; i++)
        {
            ids.Add(time.NewId());
            time.Advance(TimeSpan.FromMicroseconds(1));
        }

        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids.Select(id => id.ToString()).Order(StringComparer.Ordinal), ids.Select(id => id.ToString()));
        Assert.All(ids, id => Assert.Equal((7, true), (id.Version, id.Variant is >= 8 and <= 11)));
        Assert.NotEqual(time.NewId(), time.NewId());
    }
}
