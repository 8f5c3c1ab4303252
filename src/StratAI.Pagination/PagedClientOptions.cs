namespace StratAI.Pagination;

/// <summary>How a <see cref="PagedClient"/> puts up with servers that ask it to wait.</summary>
public sealed class PagedClientOptions
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>How often one page is asked for before the client gives up: 1 to 100, 5 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaximumAttempts
    {
        get;
        init => field = value is >= 1 and <= 100
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaximumAttempts), value, "A page is asked for 1 to 100 times.");
    } = 5;

    /// <summary>
    /// The longest wait before a page is asked for again: over zero, up to a day; one minute unless set. A server that asks for a longer
    /// one is given up at once.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan MaximumDelay
    {
        get;
        init => field = value > TimeSpan.Zero && value <= LongestDelay
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaximumDelay), value, "A wait is over zero and up to a day.");
    } = TimeSpan.FromMinutes(1);
}
