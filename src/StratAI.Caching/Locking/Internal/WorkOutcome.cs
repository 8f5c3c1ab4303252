using System.Runtime.ExceptionServices;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Locking.Internal;

/// <summary>
/// What came of an attempt: a value as its bytes, a failure that is everybody's, or an exception that is the attempt's alone. Bytes, as each caller gets a value of
/// its own.
/// </summary>
internal sealed record WorkOutcome
{
    public Content? Value { get; init; }

    public SharedFailure? Failure { get; init; }

    /// <summary>What the work threw, where it was done in this process.</summary>
    public Exception? Exception { get; init; }

    public bool IsShared => Value is not null || Failure is not null;

    public void ThrowIfFailed()
    {
        if (Failure is not null)
        {
            throw new SharedFailureException(Failure, Exception);
        }

        if (Exception is not null)
        {
            ExceptionDispatchInfo.Throw(Exception);
        }
    }
}
