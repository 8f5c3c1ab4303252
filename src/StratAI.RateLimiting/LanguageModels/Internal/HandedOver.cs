namespace StratAI.RateLimiting.LanguageModels.Internal;

/// <summary>A reservation that a caller hands over with the options of a call. Copies of the options share it.</summary>
internal sealed class HandedOver(RateLimitReservation reservation)
{
    private int _taken;

    /// <summary>What to ask for when it has been taken already.</summary>
    public RateLimitCheck Check => reservation.Check;

    public bool IsBudget => reservation.IsBudget;

    /// <returns>The reservation; <see langword="null"/> when another call had it, or it has ended.</returns>
    public RateLimitReservation? Take() => Interlocked.Exchange(ref _taken, 1) == 0 && !reservation.HasEnded ? reservation : null;
}
