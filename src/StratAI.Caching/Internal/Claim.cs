namespace StratAI.Caching.Internal;

/// <summary>How a call that wants to make a value for all instances goes on.</summary>
/// <param name="Read">What the shared level holds, which may be past its lifetime.</param>
/// <param name="IsHit">Whether that does, so that nothing needs to be made.</param>
/// <param name="Lease">The right to make it while the others wait; <see langword="null"/> where another has it, or nobody can say.</param>
internal readonly record struct Claim(SharedRead Read, bool IsHit, IFactoryLease? Lease);

/// <summary>The right to make a value while other instances wait for it. It is renewed until it ends.</summary>
internal interface IFactoryLease
{
    /// <summary>Ends it.</summary>
    /// <param name="lookAgain">Whether those who wait shall look for the value, or for their turn; else each makes its own at once.</param>
    ValueTask EndAsync(bool lookAgain);
}
