namespace StratAI.Caching.Locking;

/// <summary>Coordinated work failed, for everybody who asked for it. The instance that did the work has the original exception as the inner one.</summary>
public sealed class SharedFailureException : Exception
{
    internal SharedFailureException(SharedFailure failure, Exception? innerException)
        : base(failure.Detail, innerException) => Code = failure.Code;

    /// <summary>As the work's <see cref="SharedFailure.Code"/>; the message is its detail.</summary>
    public string Code { get; }
}
