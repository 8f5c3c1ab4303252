using StratAI.Storage.Internal;

namespace StratAI.Storage;

/// <summary>
/// A store could not do what it was asked; <see cref="Failure"/> says why. An object that does not exist is not a failure.
/// </summary>
public sealed class ObjectStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="message">The reason in words, without keys or secrets.</param>
    /// <param name="innerException">What caused it.</param>
    /// <param name="retryAfter">See <see cref="RetryAfter"/>.</param>
    public ObjectStoreException(ObjectStoreFailure failure, string message, Exception? innerException = null, TimeSpan? retryAfter = null)
        : base(message, innerException)
    {
        Failure = failure;
        RetryAfter = retryAfter;
    }

    /// <summary>Why.</summary>
    public ObjectStoreFailure Failure { get; }

    /// <summary>
    /// How long the store asked to be left alone, or is left alone since it kept failing; <see langword="null"/> when neither is so.
    /// </summary>
    public TimeSpan? RetryAfter { get; }

    internal Repetition Repetition { get; init; }
}
