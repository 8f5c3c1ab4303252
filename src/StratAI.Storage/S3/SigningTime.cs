using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>When signatures begin and how long they last: both in whole seconds.</summary>
internal static class SigningTime
{
    private const long MaximumSeconds = 7 * 24 * 60 * 60;

    public static (DateTimeOffset Now, long Seconds) SignFor(DateTimeOffset clock, TimeSpan lifetime)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.ToUnixTimeSeconds());
        var expires = SigningRules.Expiry(clock, lifetime);
        return (now, Math.Clamp((long)(expires - now).TotalSeconds, 1, MaximumSeconds));
    }
}
