using Microsoft.Extensions.AI;
using StratAI.RateLimiting.LanguageModels;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>Streamed responses: what they reserve, how they grow, and when they are refused or ended.</summary>
public abstract class TokenBudgetStreamContract : TokenBudgetContract
{
    [Fact]
    public async Task A_stream_reserves_its_input_and_a_block_and_is_charged_what_the_model_says()
    {
        var model = new ScriptedChatClient().Say(5).Say(ScriptedChatClient.Usage(80, 7)).End();
        await using var stream = Stream(NewClient(model, policies: "user tenant"));

        Assert.True(await stream.MoveNextAsync());
        Assert.Equal((Input + 1000, Input + 1000), (await UsedAsync(), await UsedAsync("tenant")));

        await ToEndAsync(stream);
        Assert.Equal((87, 87), (await UsedAsync(), await UsedAsync("tenant")));
        Assert.Equal(0, Limiters.ReservationCount);
    }

    [Fact]
    public async Task A_stream_without_room_is_refused_before_anything_is_sent_and_takes_nothing_of_other_budgets()
    {
        await ChargeAsync("tenant", 19_000);
        var model = new ScriptedChatClient();
        await using var stream = Stream(NewClient(model, policies: "user tenant"));

        var refused = await Assert.ThrowsAsync<TokenBudgetExceededException>(() => stream.MoveNextAsync().AsTask());

        Assert.Equal(["tenant"], refused.ViolatedPolicies);
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromMicroseconds(1), TimeSpan.FromHours(1));
        Assert.Empty(model.Calls);
        Assert.Equal((0, 19_000), (await UsedAsync(), await UsedAsync("tenant")));
    }

    [Fact]
    public async Task The_reservation_grows_before_it_is_used_up()
    {
        var model = new ScriptedChatClient().Say(40).Say(20).Say(30);
        await using var stream = Stream(NewClient(model, o => o.OutputBlock = 100));

        await stream.MoveNextAsync();
        Assert.Equal(Input + 100, await UsedAsync());

        await stream.MoveNextAsync();
        Assert.Equal(Input + 60 + 100, await UsedAsync());

        await stream.MoveNextAsync();
        await stream.DisposeAsync();
        Assert.Equal(Input + 90, await UsedAsync());
    }

    [Fact]
    public async Task A_stream_that_gets_no_more_ends_with_what_it_has_and_ends_the_models_work()
    {
        await ChargeAsync("user", 9_750);
        var model = new ScriptedChatClient().Say(60).Say(60).Say(60).Say(60).Say(60);
        await using var stream = Stream(NewClient(model, o => o.OutputBlock = 100));
        var updates = new List<ChatResponseUpdate>();

        while (await stream.MoveNextAsync())
        {
            updates.Add(stream.Current);
            Assert.InRange(updates.Count, 1, 4);
        }

        // 250 were left: 100 for the input, 150 for the output, of which 100 were reserved and could not become 200.
        var last = updates[^1];
        Assert.Equal(3, updates.Count);
        Assert.Equal((ChatFinishReason.Length, "user"), (last.FinishReason, last.AdditionalProperties![TokenBudgetChatClient.ViolatedPoliciesProperty]));
        Assert.Equal(("response", ChatFinishReason.Length), (updates.ToChatResponse().ResponseId, updates.ToChatResponse().FinishReason));
        Assert.Equal(0, model.Running);
        Assert.Equal(9_750 + Input + 120, await UsedAsync());
    }

    [Fact]
    public async Task What_others_give_back_lets_a_stream_go_on_that_was_refused_more()
    {
        var other = await TakeAsync("user", 9_750);
        var model = new ScriptedChatClient().Say(60).Say(60).Say(10).End();
        await using var stream = Stream(NewClient(model, o => o.OutputBlock = 100));

        await stream.MoveNextAsync();
        await other.DisposeAsync();
        var last = await ToEndAsync(stream);

        Assert.Null(last!.FinishReason);
        Assert.Equal(Input + 130, await UsedAsync());
    }

    [Fact]
    public async Task No_more_is_reserved_than_the_longest_response_takes()
    {
        var model = new ScriptedChatClient().Say(28).Say(5).End();
        await using var stream = Stream(NewClient(model), new() { MaxOutputTokens = 30 });

        await stream.MoveNextAsync();
        Assert.Equal(Input + 30, await UsedAsync());
        await stream.MoveNextAsync();
        Assert.Equal(Input + 30, await UsedAsync());
    }

    [Fact]
    public async Task A_response_that_is_whole_is_not_cut_before_its_usage()
    {
        await ChargeAsync("user", 9_800);
        var whole = new ChatResponseUpdate(ChatRole.Assistant, ScriptedChatClient.Text(150)) { FinishReason = ChatFinishReason.Stop };
        var model = new ScriptedChatClient().Say(whole).Say(ScriptedChatClient.Usage(90, 110)).End();

        var response = await Read(NewClient(model, o => o.OutputBlock = 100)).ToChatResponseAsync();

        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(10_000, await UsedAsync());
    }

    [Fact]
    public async Task A_hundred_streams_never_hold_more_than_the_budget_and_are_charged_the_sum_of_their_usages()
    {
        var calls = Enumerable.Range(0, 100).Select(i =>
        {
            var model = new ScriptedChatClient().Say(5 + (i % 10));
            return (Said: 5 + (i % 10), Model: model, Stream: Stream(NewClient(model, o => o.OutputBlock = 160)));
        }).ToArray();

        // All run at once: 38 times 260 tokens fit into 10,000.
        var begun = await Task.WhenAll(calls.Select(call => Task.Run(() => BeginsAsync(call.Stream))));
        Assert.Equal(38, begun.Count(isBegun => isBegun));
        Assert.All(calls.Zip(begun), call => Assert.Equal(call.Second ? 1 : 0, call.First.Model.Calls.Count));

        var running = calls.Where((_, i) => begun[i]).ToArray();
        var charged = await Task.WhenAll(running.Select(call => Task.Run(async () =>
        {
            // Some need more than they hold. They get it if others gave back enough by then, and else are ended.
            call.Model.Say(150).Say(ScriptedChatClient.Usage(Input, call.Said + 99)).End();
            var last = await ToEndAsync(call.Stream);
            return last!.FinishReason == ChatFinishReason.Length ? Input + call.Said + 150 : Input + call.Said + 99;
        })));

        Assert.Equal(charged.Sum(), await UsedAsync());
        Assert.Equal(0, Limiters.ReservationCount);
    }

    private static async Task<bool> BeginsAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
    {
        try
        {
            return await stream.MoveNextAsync();
        }
        catch (TokenBudgetExceededException)
        {
            return false;
        }
    }
}
