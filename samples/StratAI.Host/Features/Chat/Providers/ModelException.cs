namespace StratAI.Host.Features.Chat.Providers;

/// <summary>
/// A model gave no answer, or no whole one. The message is for the log, and holds nothing that a user or the provider wrote: no prompt, no key, no text of an error.
/// </summary>
internal sealed class ModelException(ModelFault fault, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public ModelFault Fault => fault;

    /// <summary>None: every one is thrown where a call ends, which says nothing about it, and fills the log of an outage.</summary>
    public override string? StackTrace => null;

    /// <summary>How long the provider asked to be spared, where it said so.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Whether the same request may well succeed in a moment.</summary>
    public bool IsPassing { get; init; }
}

internal enum ModelFault
{
    /// <summary>It took too long to begin, paused too long, or went on for too long.</summary>
    TimedOut,

    /// <summary>It has too much to do, or this application has asked for too much.</summary>
    Overloaded,

    /// <summary>It cannot be reached, or has failed.</summary>
    Unavailable,

    /// <summary>The provider does not take the request: the key, the model's name, the length of the prompt.</summary>
    Rejected,

    /// <summary>The model, or a filter of its provider's, declined to answer.</summary>
    Refused,

    /// <summary>The answer broke off, or could not be read.</summary>
    Broken,
}
