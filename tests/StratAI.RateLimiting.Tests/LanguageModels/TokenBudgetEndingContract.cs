using Microsoft.Extensions.AI;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>What a streamed response is charged, on every way it can end.</summary>
public abstract class TokenBudgetEndingContract : TokenBudgetContract
{
    [Fact]
    public async Task Usage_above_the_reservation_and_the_limit_is_charged_in_full()
    {
        var model = new ScriptedChatClient().Say(5).Say(ScriptedChatClient.Usage(9_000, 3_500, 12_500)).End();

        await Read(NewClient(model)).ToChatResponseAsync();

        Assert.False((await TakeAsync("user", 1)).IsAcquired);
        await Limiters.ResetAsync("user", "k");
    }

    [Fact]
    public async Task Without_usage_the_estimate_is_charged()
    {
        var model = new ScriptedChatClient().Say(5).Say(6).End();

        await Read(NewClient(model)).ToChatResponseAsync();

        Assert.Equal(Input + 11, await UsedAsync());
    }

    [Fact]
    public async Task Usage_that_comes_in_parts_is_added_up_as_the_response_does()
    {
        var model = new ScriptedChatClient().Say(ScriptedChatClient.Usage(250, 1)).Say(20).Say(ScriptedChatClient.Usage(null, 40)).End();

        var response = await Read(NewClient(model)).ToChatResponseAsync();

        Assert.Equal(291, response.Usage!.InputTokenCount + response.Usage.OutputTokenCount);
        Assert.Equal(291, await UsedAsync());
    }

    [Theory]
    [InlineData(null, null, Input + 20)]
    [InlineData(250, null, 250 + 20)]
    [InlineData(250, 1, 251 + 20)]
    public async Task A_stream_that_is_not_read_to_its_end_is_charged_what_was_told_and_what_came_since(int? input, int? output, long charged)
    {
        var model = new ScriptedChatClient().Say(ScriptedChatClient.Usage(input, output)).Say(20).Say(20);
        var stream = Stream(NewClient(model));
        await stream.MoveNextAsync();
        await stream.MoveNextAsync();

        await stream.DisposeAsync();

        Assert.Equal((charged, 0), (await UsedAsync(), model.Running));
    }

    [Fact]
    public async Task A_stream_left_after_its_usage_is_charged_just_that()
    {
        var model = new ScriptedChatClient().Say(20).Say(ScriptedChatClient.Usage(70, 15));
        var stream = Stream(NewClient(model));
        await stream.MoveNextAsync();
        await stream.MoveNextAsync();

        await stream.DisposeAsync();

        Assert.Equal(85, await UsedAsync());
    }

    [Theory]
    [InlineData(true, Input + 20)]
    [InlineData(false, Input)]
    public async Task A_cancelled_stream_is_charged_its_input_and_what_came(bool afterFirst, long charged)
    {
        using var cancellation = new CancellationTokenSource();
        var model = new ScriptedChatClient();
        await using var stream = Stream(NewClient(model), cancellationToken: cancellation.Token);
        if (afterFirst)
        {
            model.Say(20);
            await stream.MoveNextAsync();
        }

        var waiting = stream.MoveNextAsync().AsTask();
        await WaitForCallAsync(model);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((charged, 0), (await UsedAsync(), model.Running));
    }

    [Theory]
    [InlineData(true, Input + 20)]
    [InlineData(false, 0)]
    public async Task A_stream_that_fails_is_charged_only_if_something_came(bool afterFirst, long charged)
    {
        var model = afterFirst ? new ScriptedChatClient().Say(20) : new();
        model.Fail(new HttpRequestException("model"));

        await Assert.ThrowsAsync<HttpRequestException>(() => Read(NewClient(model)).ToChatResponseAsync());

        Assert.Equal((charged, 0), (await UsedAsync(), Limiters.ReservationCount));
    }

    [Fact]
    public async Task A_client_that_throws_at_once_leaves_nothing_reserved()
    {
        var model = new ScriptedChatClient { ThrownAtOnce = new NotSupportedException("model") };

        await Assert.ThrowsAsync<NotSupportedException>(() => Read(NewClient(model)).ToChatResponseAsync());

        Assert.Equal((0, 0), (await UsedAsync(), Limiters.ReservationCount));
    }
}
