using Microsoft.Extensions.AI;
using StratAI.RateLimiting.LanguageModels;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>Responses in one piece, and reservations that callers hand over.</summary>
public abstract class TokenBudgetResponseContract : TokenBudgetContract
{
    [Theory]
    [InlineData(null, 4096)]
    [InlineData(30, 30)]
    [InlineData(8000, 4096)]
    public async Task A_response_reserves_its_input_and_its_longest_output_and_is_charged_its_usage(int? longest, long reserved)
    {
        var during = 0L;
        var model = new ScriptedChatClient();
        model.Response = () =>
        {
            during = UsedAsync().GetAwaiter().GetResult();
            return Response(new() { InputTokenCount = 80, OutputTokenCount = 7, TotalTokenCount = 90 });
        };

        await NewClient(model).GetResponseAsync(Messages, new() { MaxOutputTokens = longest });

        Assert.Equal((Input + reserved, 90), (during, await UsedAsync()));
    }

    [Fact]
    public async Task A_response_without_room_is_refused_before_anything_is_sent()
    {
        await ChargeAsync("user", 6_000);
        var model = new ScriptedChatClient();

        var refused = await Assert.ThrowsAsync<TokenBudgetExceededException>(() => NewClient(model, policies: "user tenant").GetResponseAsync(Messages));

        Assert.Equal(["user"], refused.ViolatedPolicies);
        Assert.Equal((6_000, 0, 0), (await UsedAsync(), await UsedAsync("tenant"), model.Calls.Count));
    }

    [Fact]
    public async Task A_response_without_usage_is_charged_by_estimate()
    {
        await NewClient(new() { Response = () => Response(usage: null) }).GetResponseAsync(Messages);

        Assert.Equal(Input + 25, await UsedAsync());
    }

    [Fact]
    public async Task A_response_that_fails_is_charged_nothing()
    {
        await Assert.ThrowsAsync<HttpRequestException>(
            () => NewClient(new() { Response = () => throw new HttpRequestException("model") }).GetResponseAsync(Messages));
        await Assert.ThrowsAsync<NotSupportedException>(
            () => NewClient(new() { ThrownAtOnce = new NotSupportedException("model") }).GetResponseAsync(Messages));

        Assert.Equal((0, 0), (await UsedAsync(), Limiters.ReservationCount));
    }

    [Fact]
    public async Task A_response_that_nobody_waits_for_is_charged_its_input()
    {
        // As an HTTP client does that times out: the token of the call is not cancelled.
        await Assert.ThrowsAsync<TaskCanceledException>(
            () => NewClient(new() { Response = () => throw new TaskCanceledException("timeout") }).GetResponseAsync(Messages));

        Assert.Equal(Input, await UsedAsync());
    }

    [Fact]
    public async Task A_reservation_that_is_handed_over_is_extended_and_settled()
    {
        var held = (await TakeAsync("user", 50)).Reservations[0];
        var during = 0L;
        var model = new ScriptedChatClient();
        model.Response = () =>
        {
            during = UsedAsync().GetAwaiter().GetResult();
            return Response(new() { TotalTokenCount = 90 });
        };

        await NewClient(model).GetResponseAsync(Messages, ChatOptions(30).WithReservations(held));

        Assert.Equal((Input + 30, Input + 30, 90), (during, held.Amount, await UsedAsync()));
    }

    [Fact]
    public async Task A_reservation_that_cannot_be_extended_is_given_back_and_nothing_is_sent()
    {
        var held = (await TakeAsync("user", 50)).Reservations[0];
        await ChargeAsync("user", 9_900);
        var model = new ScriptedChatClient();

        var refused = await Assert.ThrowsAsync<TokenBudgetExceededException>(
            () => NewClient(model, policies: "tenant").GetResponseAsync(Messages, ChatOptions(30).WithReservations(held)));

        Assert.Equal(["user"], refused.ViolatedPolicies);
        Assert.NotNull(refused.RetryAfter);
        Assert.Equal((9_900, 0, 0), (await UsedAsync(), await UsedAsync("tenant"), model.Calls.Count));
    }

    [Fact]
    public async Task A_reservation_serves_one_call_and_the_next_one_with_the_same_options_reserves_anew()
    {
        var held = (await TakeAsync("user", 50)).Reservations[0];
        var options = ChatOptions(30).WithReservations(held, null);
        var client = NewClient(new() { Response = () => Response(new() { TotalTokenCount = 90 }) }, o => o.Budgets = null);

        await client.GetResponseAsync(Messages, options);
        await client.GetResponseAsync(Messages, options.Clone());

        Assert.Equal(180, await UsedAsync());
    }

    [Fact]
    public async Task A_permit_that_is_handed_over_is_held_until_the_call_ends()
    {
        var permit = (await TakeAsync("streams", 1)).Reservations[0];
        var during = 0L;
        var model = new ScriptedChatClient();
        model.Response = () =>
        {
            during = UsedAsync("streams").GetAwaiter().GetResult();
            return Response(new() { TotalTokenCount = 90 });
        };

        await NewClient(model).GetResponseAsync(Messages, ((ChatOptions?)null).WithReservations(permit));

        Assert.Equal((1, 0, 90), (during, await UsedAsync("streams"), await UsedAsync()));
    }

    [Fact]
    public async Task A_call_brings_budgets_of_its_own_and_one_without_any_is_not_limited()
    {
        var (user, tenant) = (new RateLimitCheck("user", "k"), new RateLimitCheck("tenant", "k"));
        var client = NewClient(new() { Response = () => Response(new() { TotalTokenCount = 90 }) }, o => o.Budgets = null);

        await client.GetResponseAsync(Messages);
        await client.GetResponseAsync(Messages, ChatOptions(30).WithTokenBudgets(user).WithTokenBudgets(tenant));
        Assert.Equal((90, 90), (await UsedAsync(), await UsedAsync("tenant")));

        // Named twice, it is charged once.
        await NewClient(new() { Response = () => Response(new() { TotalTokenCount = 90 }) })
            .GetResponseAsync(Messages, ChatOptions(30).WithTokenBudgets(user));
        Assert.Equal(180, await UsedAsync());
    }

    private static ChatOptions ChatOptions(int longest) => new() { MaxOutputTokens = longest };

    private static ChatResponse Response(UsageDetails? usage) => new(new ChatMessage(ChatRole.Assistant, ScriptedChatClient.Text(25))) { Usage = usage };
}
