namespace StratAI.Caching.Tests.Support;

/// <summary>A factory that counts its runs and returns their number.</summary>
public sealed class CountingFactory
{
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    public ValueTask<int> Next(CancellationToken cancellationToken) => new(Interlocked.Increment(ref _runs));
}
