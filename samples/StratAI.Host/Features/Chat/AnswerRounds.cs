using Microsoft.Extensions.AI;
using StratAI.Host.Features.Conversations;

namespace StratAI.Host.Features.Chat;

/// <summary>An answer that takes several calls of the model, with tools between them, put together.</summary>
internal sealed class AnswerRounds
{
    private bool _isNew;
    private bool _hasText;

    /// <summary>What the calls have used together, as far as the model has said; null when it has said nothing.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>The text that an update adds to the answer. What is said after a tool is a paragraph of its own.</summary>
    public string Add(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case UsageContent usage when ChatUsage.Report(usage.Details) is var told:
                    Usage = Usage is { } before
                        ? new(
                            before.InputTokens + told.InputTokens, before.OutputTokens + told.OutputTokens, before.CachedInputTokens + told.CachedInputTokens,
                            before.Estimated || told.Estimated)
                        : told;
                    break;
                case FunctionResultContent:
                    _isNew = _hasText;
                    break;
            }
        }

        if (update.Text is not { Length: > 0 } text)
        {
            return "";
        }

        text = _isNew ? $"\n\n{text}" : text;
        (_isNew, _hasText) = (false, true);
        return text;
    }
}
