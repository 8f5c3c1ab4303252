namespace StratAI.Host.Features.Chat.Providers;

/// <summary>The time that an answer has: for its next event, and as a whole. It runs on while a failed call is repeated.</summary>
internal sealed class ModelWatch(ProviderSettings settings, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private long _lastEvent = time.GetTimestamp();
    private TimeSpan _patience = settings.FirstTokenTimeout;

    /// <summary>What is left until the next event must be there.</summary>
    public TimeSpan Left
    {
        get
        {
            var (silence, whole) = (_patience - time.GetElapsedTime(_lastEvent), settings.AnswerTimeout - time.GetElapsedTime(_started));
            return silence < whole ? silence : whole;
        }
    }

    /// <summary>Fires when nothing has come for too long; see <see cref="Restart"/>.</summary>
    public CancellationTokenSource NewAlarm() => new(Positive(Left), time);

    public void Restart(CancellationTokenSource alarm, bool hasBegun)
    {
        (_lastEvent, _patience) = (time.GetTimestamp(), hasBegun ? settings.SilenceTimeout : settings.FirstTokenTimeout);
        alarm.CancelAfter(Positive(Left));
    }

    private static TimeSpan Positive(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
