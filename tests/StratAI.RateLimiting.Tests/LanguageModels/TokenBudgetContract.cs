using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.LanguageModels;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>Budgets of 10,000 tokens an hour for a user and 20,000 for a tenant; every call's input is estimated at 100.</summary>
public abstract class TokenBudgetContract : IAsyncLifetime
{
    private protected const int Input = 100;
    private protected static readonly ChatMessage[] Messages = [new(ChatRole.User, "hello")];

    private protected RateLimiters Limiters { get; private set; } = null!;

    private protected FakeTimeProvider Clock { get; } = new(TestLimiters.Epoch);

    public async Task InitializeAsync() => Limiters = await CreateAsync(Configure);

    Task IAsyncLifetime.DisposeAsync() => Limiters.DisposeAsync().AsTask();

    private protected abstract Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure);

    private protected static void Configure(RateLimitingOptions options) => options
        .AddPolicy("user", Budget(10_000))
        .AddPolicy("tenant", Budget(20_000))
        .AddPolicy("streams", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 2 });

    private protected TokenBudgetChatClient NewClient(ScriptedChatClient model, Action<TokenBudgetOptions>? configure = null, string policies = "user")
    {
        var options = new TokenBudgetOptions
        {
            Budgets = (_, _) => [.. policies.Split(' ').Select(policy => new RateLimitCheck(policy, "k"))],
            EstimateInput = (_, _) => Input,
        };
        configure?.Invoke(options);
        return new(model, Limiters, options);
    }

    private protected async Task<long> UsedAsync(string policy = "user")
    {
        var status = (await Limiters.PeekAsync(policy, "k"))!;
        return status.Limit - status.Remaining!.Value;
    }

    private protected Task<RateLimitDecision> TakeAsync(string policy, long cost) => Limiters.AcquireAsync([new(policy, "k", cost)]).AsTask();

    private protected async Task ChargeAsync(string policy, long used) => await (await TakeAsync(policy, used)).Reservations[0].CommitAsync(used);

    private protected static IAsyncEnumerable<ChatResponseUpdate> Read(TokenBudgetChatClient client, ChatOptions? options = null) =>
        client.GetStreamingResponseAsync(Messages, options);

    private protected static IAsyncEnumerator<ChatResponseUpdate> Stream(
        TokenBudgetChatClient client, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        client.GetStreamingResponseAsync(Messages, options, cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    private protected static async Task<ChatResponseUpdate?> ToEndAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
    {
        ChatResponseUpdate? last = null;
        while (await stream.MoveNextAsync())
        {
            last = stream.Current;
        }

        return last;
    }

    private protected static Task WaitForCallAsync(ScriptedChatClient model) => model.Begun.WaitAsync(TimeSpan.FromSeconds(30));

    private static RateLimitPolicy Budget(long limit) =>
        new() { Algorithm = RateLimitAlgorithm.Budget, PermitLimit = limit, Window = TimeSpan.FromHours(1) };
}
