using Microsoft.Extensions.AI;

namespace StratAI.RateLimiting.LanguageModels.Internal;

/// <summary>What one call used: what the model said of it, and an estimate of what it has not said.</summary>
internal sealed class TokenMeter(long input)
{
    private TokenEstimate _output;
    private long _told;
    private long _outputWhenTold;
    private bool _isInputTold;
    private bool _isOutputTold;
    private bool _isBegun;

    /// <summary>Whether the model says that it is done; its usage may follow.</summary>
    public bool IsFinishing { get; private set; }

    /// <summary>What was used so far, by what was told and an estimate of what came since.</summary>
    public long SoFar => _told + (_isInputTold ? 0 : input) + _output.Tokens - _outputWhenTold;

    /// <summary>
    /// What to charge for a call that ended early. Nothing if it failed before anything came: providers do not charge for a request that they refuse or fail
    /// on, and a caller who tries again must not pay twice.
    /// </summary>
    public long Broken => _isBegun ? SoFar : 0;

    /// <summary>What to charge for a call that ran to its end.</summary>
    public long Complete => _isOutputTold ? _told + (_isInputTold ? 0 : input) : SoFar;

    /// <summary>The model has the input and may work on it, although nothing came: the caller gave up waiting.</summary>
    public void Begin() => _isBegun = true;

    public void Add(ChatResponseUpdate update)
    {
        var before = _output.Tokens;
        Add(update.Contents);
        IsFinishing = update.FinishReason is not null || (IsFinishing && _output.Tokens == before);
    }

    public void Add(ChatResponse response)
    {
        Add(response.Messages.SelectMany(message => message.Contents));
        Add(response.Usage);
    }

    private void Add(IEnumerable<AIContent> contents)
    {
        _isBegun = true;
        foreach (var content in contents)
        {
            _output.Add([content]);
            Add((content as UsageContent)?.Details);
        }
    }

    // Added up, as ToChatResponse does: some providers tell the input first and the output last, and clients that invoke functions tell of every round.
    private void Add(UsageDetails? usage)
    {
        if (usage is not { TotalTokenCount: not null } and not { InputTokenCount: not null } and not { OutputTokenCount: not null })
        {
            return;
        }

        _told += Math.Max(0, usage.TotalTokenCount ?? ((usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0)));
        _isInputTold |= usage.TotalTokenCount is not null || usage.InputTokenCount is not null;
        _isOutputTold |= usage.TotalTokenCount is not null || usage.OutputTokenCount is not null;
        _outputWhenTold = _output.Tokens;
    }
}
