using Microsoft.Extensions.AI;

namespace StratAI.Host.Features.Chat.Providers;

/// <summary>
/// One call of a model. What comes before anything of the answer is held back until that comes, so that a call can be repeated unseen. At its end
/// <see cref="Failure"/> says whether the answer is whole.
/// </summary>
internal sealed class ModelAttempt : IAsyncDisposable
{
    private readonly ModelWatch _watch;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _alarm;
    private readonly CancellationTokenSource _either;
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly Queue<ChatResponseUpdate> _ready = new();
    private ChatFinishReason? _finish;

    public ModelAttempt(IChatClient model, IEnumerable<ChatMessage> messages, ChatOptions options, ModelWatch watch, CancellationToken caller)
    {
        (_watch, _caller, _alarm) = (watch, caller, watch.NewAlarm());
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _alarm.Token);
        _updates = model.GetStreamingResponseAsync(messages, options, _either.Token).GetAsyncEnumerator(_either.Token);
    }

    public ChatResponseUpdate Current { get; private set; } = null!;

    /// <summary>Whether something of an answer has come.</summary>
    public bool HasBegun { get; private set; }

    public ModelException? Failure { get; private set; }

    public async ValueTask<bool> MoveNextAsync()
    {
        while (_ready.Count == 0 || !HasBegun)
        {
            if (!await ReadAsync())
            {
                Failure ??= _finish is null ? new(ModelFault.Broken, "The model's stream ended before its answer did.")
                    : _finish == ChatFinishReason.ContentFilter ? new(ModelFault.Refused, "The model declined to answer.")
                    : null;
                // An answer without a word is one too, and so is a refusal: what it cost is passed on.
                HasBegun |= _finish is not null;
                break;
            }
        }

        if (!HasBegun || !_ready.TryDequeue(out var next))
        {
            return false;
        }

        Current = next;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _updates.DisposeAsync();
        _either.Dispose();
        _alarm.Dispose();
    }

    private async ValueTask<bool> ReadAsync()
    {
        try
        {
            if (!await _updates.MoveNextAsync())
            {
                return false;
            }
        }
        catch (Exception) when (_caller.IsCancellationRequested)
        {
            throw new OperationCanceledException(_caller);
        }
        catch (Exception) when (_finish is not null)
        {
            // All of the answer is there.
            return false;
        }
        catch (Exception exception)
        {
            Failure = exception as ModelException ?? (_alarm.IsCancellationRequested
                ? new(ModelFault.TimedOut, HasBegun ? "The model fell silent, or took too long." : "The model did not begin in time.")
                : new(ModelFault.Broken, $"The model's stream broke off, or could not be read ({exception.GetType().Name})."));
            return false;
        }

        var update = _updates.Current;
        _finish = update.FinishReason ?? _finish;
        HasBegun |= update.Contents.Any(content => content is not UsageContent and not TextContent { Text: "" });
        _watch.Restart(_alarm, HasBegun);
        _ready.Enqueue(update);
        return true;
    }
}
