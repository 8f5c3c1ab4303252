using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StratAI.RateLimiting.LanguageModels.Internal;

namespace StratAI.RateLimiting.LanguageModels;

/// <summary>
/// Counts the tokens of calls to a language model against budgets: reserves an estimate before a call is sent, more while it streams, and charges what the model says
/// that it used.
/// </summary>
/// <remarks>
/// <para>
/// A call that a budget has no room for throws <see cref="TokenBudgetExceededException"/> before anything is sent. A stream that uses up its reservation, and gets no
/// more, is ended: the call to the model is ended, and the last update has <see cref="ChatFinishReason.Length"/> and names the policies under
/// <see cref="ViolatedPoliciesProperty"/>. A budget is there to bound what is spent; who would rather have whole responses or none sets
/// <see cref="TokenBudgetOptions.OutputBlock"/> to the longest response.
/// </para>
/// <para>
/// A call that is cancelled, fails on the way, or whose stream is not read to its end is charged what the model said so far and an estimate of the rest: the input, and the
/// output that came. One that fails before anything came is charged nothing. A reservation whose process dies lapses after <see cref="RateLimitPolicy.LeaseTime"/>.
/// </para>
/// </remarks>
public sealed class TokenBudgetChatClient : DelegatingChatClient
{
    /// <summary>The additional property of a stream's last update that names the policies by which it was ended: text, separated by a comma and a blank.</summary>
    public const string ViolatedPoliciesProperty = "violated-policies";

    private readonly IRateLimiters _limiters;
    private readonly TokenBudgetOptions _options;

    /// <summary>Makes one.</summary>
    /// <param name="innerClient">The client that is counted. It is disposed with this one.</param>
    /// <param name="limiters">The limits.</param>
    /// <param name="options">The options; <see langword="null"/>: the defaults. They are copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public TokenBudgetChatClient(IChatClient innerClient, IRateLimiters limiters, TokenBudgetOptions? options = null)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(limiters);
        (_limiters, _options) = (limiters, (options ?? new()).Validated());
    }

    /// <inheritdoc />
    /// <exception cref="TokenBudgetExceededException">A budget has no room; nothing was sent.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var input = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var estimate = Estimate(input, options);
        var meter = new TokenMeter(estimate);
        var hold = await ReserveAsync(input, options, estimate + Math.Min(_options.ResponseReserve, Longest(options)), cancellationToken).ConfigureAwait(false);
        var isComplete = false;
        try
        {
            var response = await InnerClient.GetResponseAsync(input, options, cancellationToken).ConfigureAwait(false);
            meter.Add(response);
            isComplete = true;
            return response;
        }
        catch (OperationCanceledException)
        {
            meter.Begin();
            throw;
        }
        finally
        {
            await hold.SettleAsync(isComplete ? meter.Complete : meter.Broken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    /// <exception cref="TokenBudgetExceededException">A budget has no room; nothing was sent. Thrown when the first update is asked for.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var input = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var estimate = Estimate(input, options);
        var longest = estimate + Longest(options);
        var meter = new TokenMeter(estimate);
        var hold = await ReserveAsync(input, options, Target(estimate, longest), cancellationToken).ConfigureAwait(false);
        var (isComplete, refusal, last) = (false, default(RateLimitDecision), default(ChatResponseUpdate));
        try
        {
            var updates = InnerClient.GetStreamingResponseAsync(input, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using var _ = updates.ConfigureAwait(false);
            while (refusal is null && await MoveNextAsync(updates, meter).ConfigureAwait(false))
            {
                last = updates.Current;
                meter.Add(last);
                hold.GrowAhead(meter.SoFar, Target(meter.SoFar, longest), _options.OutputBlock / 2);
                yield return last;

                // What the model has sent is passed on at once; only asking it for more waits for room.
                refusal = meter.IsFinishing ? null : await hold.GrowAsync(meter.SoFar, Target(meter.SoFar, longest), cancellationToken).ConfigureAwait(false);
            }

            isComplete = refusal is null;
        }
        finally
        {
            await hold.SettleAsync(isComplete ? meter.Complete : meter.Broken).ConfigureAwait(false);
        }

        if (refusal is not null)
        {
            yield return Ended(last!, refusal);
        }
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, TokenMeter meter)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            meter.Begin();
            throw;
        }
    }

    private static long Longest(ChatOptions? options) => Math.Max(1, options?.MaxOutputTokens ?? TokenBudgetOptions.MaxReserve);

    private static ChatResponseUpdate Ended(ChatResponseUpdate last, RateLimitDecision refusal) => new()
    {
        Role = last.Role,
        ResponseId = last.ResponseId,
        MessageId = last.MessageId,
        ConversationId = last.ConversationId,
        ModelId = last.ModelId,
        FinishReason = ChatFinishReason.Length,
        AdditionalProperties = new() { [ViolatedPoliciesProperty] = string.Join(", ", TokenBudgetExceededException.ViolatedOf(refusal)) },
    };

    private long Estimate(IReadOnlyCollection<ChatMessage> messages, ChatOptions? options) =>
        Math.Max(0, (_options.EstimateInput ?? TokenEstimate.OfInput)(messages, options));

    /// <summary>How much to hold when so much was used: a block more, but no more than the response can get, unless it got more already.</summary>
    private long Target(long used, long longest) =>
        used <= longest + (_options.OutputBlock / 2) ? Math.Min(used + _options.OutputBlock, longest) : used + _options.OutputBlock;

    private ValueTask<TokenHold> ReserveAsync(
        IReadOnlyCollection<ChatMessage> messages, ChatOptions? options, long amount, CancellationToken cancellationToken)
    {
        var brought = options as BudgetedChatOptions;
        var checks = new List<RateLimitCheck>([.. _options.Budgets?.Invoke(messages, options) ?? [], .. brought?.Budgets ?? []]);
        var handedOver = new List<RateLimitReservation>();
        foreach (var item in brought?.Reservations ?? [])
        {
            checks.RemoveAll(check => string.Equals(check.Policy, item.Check.Policy, StringComparison.OrdinalIgnoreCase));
            if (item.Take() is { } reservation)
            {
                handedOver.Add(reservation);
            }
            else if (item.IsBudget)
            {
                checks.Add(item.Check);
            }
        }

        // One bucket is asked once, whoever named it.
        checks = [.. checks.DistinctBy(check => (check.Policy.ToUpperInvariant(), check.Key))];
        return TokenHold.ReserveAsync(_limiters, checks, handedOver, amount, cancellationToken);
    }
}
