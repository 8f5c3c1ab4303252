using StratAI.Host.Errors;

namespace StratAI.Host.Features.Chat.Providers;

/// <summary>What the client of a chat is told when its model fails. What there is of the answer stays in the conversation.</summary>
internal static class ModelProblems
{
    private const string Kept = "What there is of the answer is kept in the conversation.";

    /// <returns>Null for what is no failure of a model.</returns>
    public static Problem? Of(Exception exception) => exception is not ModelException failure ? null : failure.Fault switch
    {
        ModelFault.TimedOut => new(504, "model-timeout", $"The model took too long. {Kept}"),
        ModelFault.Overloaded => new(503, "model-overloaded", $"The model has too much to do at the moment. {Kept}") { RetryAfter = failure.RetryAfter },
        ModelFault.Unavailable => new(503, "model-unavailable", $"The model cannot be reached at the moment. {Kept}") { RetryAfter = failure.RetryAfter },
        ModelFault.Rejected => new(502, "model-rejected", "The model's provider does not take the request. Asking again does not help; the reason is in the host's log."),
        ModelFault.Refused => new(422, "model-refused", $"The model declined to answer. {Kept}"),
        _ => new(502, "model-broken-off", $"The model's answer broke off, or could not be read. {Kept}"),
    };
}
