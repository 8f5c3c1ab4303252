using StratAI.Caching.Internal;

namespace StratAI.Caching.Locking.Internal;

internal static class MutexName
{
    private const int MaximumLength = 512;

    public static void ThrowIfInvalid(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaximumLength || !CacheNames.IsWellFormed(name))
        {
            throw new ArgumentException("The name of a mutex must be well-formed text of at most 512 UTF-16 code units.", nameof(name));
        }
    }
}
