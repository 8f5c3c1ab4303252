using System.Collections.Concurrent;

namespace StratAI.Caching.Internal;

/// <summary>The request that the code runs in, whose session is to see its own writes wherever they were made.</summary>
/// <param name="session">Names the session in Redis.</param>
internal sealed class ReadScope(string session)
{
    private static readonly AsyncLocal<ReadScope?> Ambient = new();
    private static volatile bool _used;

    private readonly ConcurrentDictionary<ISharedLevel, Task<long>> _floors = new();

    public static ReadScope? Current => _used ? Ambient.Value : null;

    public string Session => session;

    /// <summary>Holds for the calling method and what it calls, until it returns.</summary>
    public static void Enter(string session)
    {
        _used = true;
        Ambient.Value = new(session);
    }

    /// <summary>The sequence that L1 must have reached; asked for once a request.</summary>
    public Task<long> FloorAsync(ISharedLevel shared) => _floors.GetOrAdd(shared, level => level.FloorOfAsync(session).AsTask());
}
