using System.Numerics;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>What was admitted, as a caller with a watch would write it down.</summary>
internal sealed class Admissions
{
    private readonly List<(long At, long Cost)> _all = [];

    public void Add(long at, long cost)
    {
        if (cost > 0)
        {
            _all.Add((at, cost));
        }
    }

    public void Clear() => _all.Clear();

    public long Since(long after) => _all.Where(admission => admission.At > after).Sum(admission => admission.Cost);

    /// <summary>No span shorter than the window holds more than the limit.</summary>
    public void AssertAtMost(long limit, long window) => ForEachSpan((sum, span) =>
        Assert.True(span >= window || sum <= limit, $"{sum} permits in {span} µs, where {limit} may be in {window} µs"));

    /// <summary>No window that is aligned to the epoch holds more than the limit.</summary>
    public void AssertAtMostAligned(long limit, long window) => Assert.All(
        _all.GroupBy(admission => admission.At / window), group => Assert.InRange(group.Sum(admission => admission.Cost), 0, limit));

    /// <summary>No span holds more than the limit and what flows in meanwhile.</summary>
    public void AssertAtRate(long limit, long window) => ForEachSpan((sum, span) =>
        Assert.True((BigInteger)sum * window <= ((BigInteger)limit * window) + ((BigInteger)span * limit), $"{sum} permits in {span} µs"));

    private void ForEachSpan(Action<long, long> assert)
    {
        for (var first = 0; first < _all.Count; first++)
        {
            long sum = 0;
            for (var last = first; last < _all.Count; last++)
            {
                sum += _all[last].Cost;
                assert(sum, _all[last].At - _all[first].At);
            }
        }
    }
}
