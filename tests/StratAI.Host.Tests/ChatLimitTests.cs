using System.Text.Json.Nodes;
using StratAI.Host.Features.Chat.Tokens;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>What an answer holds of its user's limits while it is made, and what is charged for it in the end.</summary>
public abstract class ChatLimitTests(HostFixture host) : IAsyncLifetime
{
    private const long Budget = 200_000;
    private const long Reserved = 2_000;
    private const long Little = 4_000;
    private const int Places = 3;
    private const string Question = "What next?";

    private readonly ScriptedModel _model = new();
    private HostInstance _instance = null!;

    public async Task InitializeAsync()
    {
        await TokenCount.Ready;
        _instance = new(host.SettingsApart(("Limits:Policies:tokens:Overrides:poor:PermitLimit", $"{Little}")), _model.Use);
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Fact]
    public async Task The_fourth_answer_at_a_time_waits_for_one_of_the_others_to_end()
    {
        var settings = host.SettingsApart(("Chat:Local:WordDelay", "00:01:00"));
        await using var one = new HostInstance(settings);
        await using var two = host.IsDistributed ? new HostInstance(settings) : one;
        var (here, there) = (await one.SignInAsync("ada"), await two.SignInAsync("ada"));
        await using var first = await OpenChat.AskAsync(here);
        await using var second = await OpenChat.AskAsync(here);
        await using var third = await OpenChat.AskAsync(there);

        var refused = await there.PostAsync("/api/chat", new { message = "And?" });
        Assert.Equal((429, "quota-exceeded"), (refused.Status, refused.Code));
        Assert.Equal(["chat-concurrency"], Names(refused.Body!));
        await using var anothers = await OpenChat.AskAsync(await two.SignInAsync("bob"));

        Assert.Equal(202, (await here.PostAsync($"/api/chat/{first.AnswerId}/stop", new { })).Status);
        await first.NextAsync("done");
        await using var fourth = await OpenChat.AskAsync(there);
        Assert.Equal(429, (await here.PostAsync("/api/chat", new { message = "And?" })).Status);

        // A client that goes away ends nothing, and frees nothing; an answer without a conversation ends.
        await second.DisposeAsync();
        Assert.Equal(429, (await here.PostAsync("/api/chat", new { message = "And?" })).Status);
        await here.DeleteAsync($"/api/conversations/{second.ConversationId}");
        await Eventually.TrueAsync(async () => await two.PlacesLeftAsync("ada") == 1);
    }

    [Fact]
    public async Task A_question_that_is_not_answered_holds_nothing()
    {
        var user = await _instance.SignInAsync("ada");
        foreach (var body in new object[] { new { message = "" }, new { message = 1 }, new { message = "x", areaId = Guid.Empty }, new { message = "x", conversationId = Guid.Empty } })
        {
            Assert.InRange((await user.PostAsync("/api/chat", body, ("Idempotency-Key", "one"))).Status, 400, 404);
            Assert.Equal((Budget, Places), (await _instance.TokensLeftAsync("ada"), await _instance.PlacesLeftAsync("ada")));
        }
    }

    [Fact]
    public async Task An_answer_holds_what_its_prompt_needs_and_is_charged_what_the_model_says()
    {
        var question = Words(5_000);
        await using (var chat = await OpenChat.AskAsync(await _instance.SignInAsync("ada"), question))
        {
            _model.Say(question, "An answer.");
            await chat.NextAsync("delta");
            Assert.InRange(await _instance.TokensLeftAsync("ada"), Budget - 10_000, Budget - 6_000);
            Assert.Equal(Places - 1, await _instance.PlacesLeftAsync("ada"));

            _model.End(question, new() { InputTokenCount = 7_000, OutputTokenCount = 3 });
            await chat.NextAsync("done");
        }

        Assert.Equal((Budget - 7_003, Places), (await _instance.TokensLeftAsync("ada"), await _instance.PlacesLeftAsync("ada")));
    }

    [Fact]
    public async Task A_stopped_answer_is_charged_what_there_is_of_it()
    {
        var user = await _instance.SignInAsync("ada");
        await using var chat = await OpenChat.AskAsync(user, Question);
        _model.Say(Question, "Half an answer");
        await chat.NextAsync("delta");
        Assert.Equal(Budget - Reserved, await _instance.TokensLeftAsync("ada"));

        Assert.Equal(202, (await user.PostAsync($"/api/chat/{chat.AnswerId}/stop", new { })).Status);
        var used = Total(await chat.NextAsync("usage"));
        Assert.Equal("stopped", (await chat.NextAsync("done"))["status"]!.GetValue<string>());

        Assert.InRange(used, 10, 1_000);
        Assert.Equal((Budget - used, Places), (await _instance.TokensLeftAsync("ada"), await _instance.PlacesLeftAsync("ada")));
    }

    [Fact]
    public async Task An_answer_whose_client_went_away_goes_on_and_is_charged()
    {
        var user = await _instance.SignInAsync("ada");
        await using var chat = await OpenChat.AskAsync(user, Question);
        _model.Say(Question, "Half an answer");
        await chat.NextAsync("delta");
        await chat.DisposeAsync();
        Assert.Equal(200, (await user.GetAsync("/api/me")).Status);
        Assert.Equal((Budget - Reserved, Places - 1), (await _instance.TokensLeftAsync("ada"), await _instance.PlacesLeftAsync("ada")));

        _model.End(Question, new() { InputTokenCount = 40, OutputTokenCount = 6, TotalTokenCount = 46 });
        await Eventually.TrueAsync(async () => (await user.GetAsync($"/api/conversations/{chat.ConversationId}")).Body!["activeMessageId"] is null);
        Assert.Equal((Budget - 46, Places), (await _instance.TokensLeftAsync("ada"), await _instance.PlacesLeftAsync("ada")));
    }

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("Half an answer", 10, 1_000)]
    public async Task A_failed_answer_is_charged_what_came_of_it(string text, long least, long most)
    {
        await using var chat = await OpenChat.AskAsync(await _instance.SignInAsync("ada"), Question);
        if (text.Length > 0)
        {
            _model.Say(Question, text);
        }

        _model.Fail(Question);
        var used = Total(await chat.NextAsync("usage"));
        Assert.Equal("generation-failed", (await chat.NextAsync("error"))["code"]!.GetValue<string>());

        Assert.InRange(used, least, most);
        Assert.Equal((Budget - used, Places), (await _instance.TokensLeftAsync("ada"), await _instance.PlacesLeftAsync("ada")));
    }

    [Fact]
    public async Task A_prompt_that_the_tokens_left_do_not_pay_for_is_not_sent()
    {
        var user = await _instance.SignInAsync("poor");
        await using var chat = await OpenChat.AskAsync(user, Words(5_000));
        Assert.Equal(0, Total(await chat.NextAsync("usage")));
        var error = await chat.NextAsync("error");

        Assert.Equal((429, "quota-exceeded"), (error["status"]!.GetValue<int>(), error["code"]!.GetValue<string>()));
        Assert.Equal(["tokens"], Names(error));
        Assert.Equal(("failed", ""), await AnswerAsync(user, chat));
        Assert.Equal((Little, Places), (await _instance.TokensLeftAsync("poor"), await _instance.PlacesLeftAsync("poor")));
    }

    [Fact]
    public async Task An_answer_that_uses_up_the_tokens_ends_and_is_kept()
    {
        var user = await _instance.SignInAsync("poor");
        await using var chat = await OpenChat.AskAsync(user, Question);
        for (var i = 0; i < 10; i++)
        {
            // A thousand tokens each.
            _model.Say(Question, new string('x', 4_000));
        }

        var used = Total(await chat.NextAsync("usage"));
        var error = await chat.NextAsync("error");

        Assert.Equal((429, "quota-exceeded"), (error["status"]!.GetValue<int>(), error["code"]!.GetValue<string>()));
        Assert.Equal(["tokens"], Names(error));
        // No more than the piece in which it was noticed.
        Assert.InRange(used, Little - 1_000, Little + 1_000);
        var (status, text) = await AnswerAsync(user, chat);
        Assert.Equal("stopped", status);
        Assert.InRange(text.Length, 12_000, 16_000);
        var refused = await user.PostAsync("/api/chat", new { message = "Go on." });
        Assert.Equal(429, refused.Status);
        Assert.Equal(["tokens"], Names(refused.Body!));
        Assert.True(refused.Headers.ContainsKey("Retry-After"));
    }

    /// <summary>A token each.</summary>
    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("water", count));

    private static long Total(JsonNode usage) => usage["inputTokens"]!.GetValue<long>() + usage["outputTokens"]!.GetValue<long>();

    private static IEnumerable<string> Names(JsonNode problem) => problem["violated-policies"]!.AsArray().Select(name => name!.GetValue<string>());

    private static async Task<(string Status, string Text)> AnswerAsync(ApiClient user, OpenChat chat)
    {
        var message = (await user.GetAsync($"/api/conversations/{chat.ConversationId}/messages")).Body!["data"]![1]!;
        return (message["status"]!.GetValue<string>(), message["content"]!.GetValue<string>());
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ChatLimitTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ChatLimitTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ChatLimitTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ChatLimitTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ChatLimitTests(host);
}
