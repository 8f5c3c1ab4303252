namespace StratAI.Caching.Tests.Testing;

/// <summary>A clock that is set, also back.</summary>
internal sealed class ServerClock : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
