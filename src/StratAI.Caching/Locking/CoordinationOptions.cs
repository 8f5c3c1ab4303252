namespace StratAI.Caching.Locking;

/// <summary>How an outcome is shared.</summary>
public sealed class CoordinationOptions
{
    private readonly TimeSpan _replayWindow = TimeSpan.FromSeconds(30);
    private readonly int _attempts = 2;

    /// <summary>How long an outcome is kept and answered to whoever asks for the same work. 1 ms to 1 hour; default 30 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter or longer.</exception>
    public TimeSpan ReplayWindow
    {
        get => _replayWindow;
        init => _replayWindow = SharedFailure.CheckWindow(value);
    }

    /// <summary>
    /// Whether the outcome is encrypted where it is kept, with the application's ASP.NET Core data protection, whose keys the instances must share: what one cannot decrypt counts as not
    /// there. Default <see langword="false"/>.
    /// </summary>
    public bool Secret { get; init; }

    /// <summary>Longest wait for others that are at it; <see langword="null"/> (the default): <see cref="MutexOptions.DefaultTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Tells for an exception of the work what the others are to be told, or <see langword="null"/> when the exception is this attempt's alone, so that the next tries.
    /// Default: none is shared. Cancellation never is.
    /// </summary>
    public Func<Exception, SharedFailure?>? ShareFailure { get; init; }

    /// <summary>
    /// How many failed attempts in this process, its own included, a caller takes part in before it gets the exception: the first to ask gets that of its own attempt, and who
    /// waited tries again until then. It bounds what a failing server is asked. 1 to 100; default 2.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less or more.</exception>
    public int Attempts
    {
        get => _attempts;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            _attempts = value;
        }
    }
}
