using System.Runtime.CompilerServices;

namespace StratAI.Caching.Locking;

/// <summary>A failure that all who asked for the work are told, as nobody would fare better now.</summary>
/// <param name="code">A short name for programs.</param>
/// <param name="detail">Words for people; never a secret unless the outcome is one.</param>
public sealed class SharedFailure(string code, string detail)
{
    private readonly TimeSpan? _replayWindow;

    /// <summary>A short name for programs.</summary>
    public string Code => code;

    /// <summary>Words for people.</summary>
    public string Detail => detail;

    /// <summary>
    /// How long it is kept; <see langword="null"/> (the default): <see cref="CoordinationOptions.ReplayWindow"/>. A short one spares a server that is down. 1 ms to 1 hour.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter or longer.</exception>
    public TimeSpan? ReplayWindow
    {
        get => _replayWindow;
        init => _replayWindow = value is { } window ? CheckWindow(window) : null;
    }

    internal static TimeSpan CheckWindow(TimeSpan value, [CallerMemberName] string property = "") =>
        value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(property, value, "A replay window is 1 ms to 1 hour.");
}
