namespace StratAI.Benchmarks.Locking;

/// <summary>One instance that contends for a mutex, on a connection of its own.</summary>
internal interface IContender : IAsyncDisposable
{
    Task<IAsyncDisposable> AcquireAsync(string name);
}
