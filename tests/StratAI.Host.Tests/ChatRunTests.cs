using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Features.Chat;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>Answers that take their time: stopped, asked past, shut down under, and left by a dead instance.</summary>
public sealed class ChatRunTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-chat-").FullName;
    private readonly HostInstance _host;

    // A word a minute: an answer that is under way stays so for as long as a test looks at it.
    public ChatRunTests() => _host = new(new Dictionary<string, string> { ["Data:Folder"] = _folder, ["Chat:Local:WordDelay"] = "00:01:00" });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_stopped_answer_ends_at_once_and_keeps_what_there_is_of_it()
    {
        var user = await _host.SignInAsync("ada");
        using var asked = await AskAsync(user, null);
        var (answer, conversation) = await StartAsync(user);

        Assert.Equal(202, (await user.PostAsync($"/api/chat/{answer}/stop", new { })).Status);
        var chat = await ChatAnswer.ReadAsync(asked);

        Assert.Equal(["start", "delta", "usage", "done"], chat.Events.Select(item => item.Type));
        Assert.Equal("stopped", chat.Events[^1].Data["status"]!.GetValue<string>());
        var message = (await user.GetAsync($"/api/conversations/{conversation}/messages")).Body!["data"]![1]!;
        Assert.Equal(("stopped", chat.Text), (message["status"]!.GetValue<string>(), message["content"]!.GetValue<string>()));
        Assert.True(message["usage"]!["estimated"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_busy_conversation_takes_no_second_question()
    {
        var user = await _host.SignInAsync("ada");
        using var asked = await AskAsync(user, null);
        var (answer, conversation) = await StartAsync(user);

        var refused = await user.PostAsync("/api/chat", new { conversationId = conversation, message = "And?" });
        Assert.Equal((409, "conversation-busy"), (refused.Status, refused.Code));
        Assert.Equal(2, (await user.GetAsync($"/api/conversations/{conversation}")).Body!["messageCount"]!.GetValue<int>());

        await user.PostAsync($"/api/chat/{answer}/stop", new { });
        await ChatAnswer.ReadAsync(asked);
        using var again = await AskAsync(user, conversation);
        Assert.True(again.IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_answer_whose_conversation_is_deleted_ends()
    {
        var user = await _host.SignInAsync("ada");
        using var asked = await AskAsync(user, null);
        var (_, conversation) = await StartAsync(user);

        Assert.Equal(204, (await user.DeleteAsync($"/api/conversations/{conversation}")).Status);

        Assert.Equal("error", (await ChatAnswer.ReadAsync(asked)).Events[^1].Type);
    }

    [Fact]
    public async Task An_answer_of_a_dead_instance_is_marked_failed_and_its_text_kept()
    {
        var user = await _host.SignInAsync("ada");
        var (store, leases, takeover) = (Get<ChatStore>(), Get<ChatLeases>(), Get<ChatTakeover>());
        // What an instance leaves that dies in the middle: a turn that was begun, and some progress.
        var (begun, _, _) = await store.BeginAsync(new ChatBody { Message = "Anybody?" }, default, "ada", "local", null, default);
        var turn = begun!;
        await leases.SaveProgressAsync(turn.AnswerId, "Half of it", new(7, 3, 0, Estimated: true));

        await takeover.RunAsync(default);
        Assert.Equal("streaming", await store.FindStatusAsync(turn.AnswerId, "ada", default));
        await _host.ExpireLeaseAsync(turn.AnswerId);
        await takeover.RunAsync(default);

        var message = (await user.GetAsync($"/api/conversations/{turn.ConversationId}/messages")).Body!["data"]![1]!;
        Assert.Equal(("failed", "Half of it"), (message["status"]!.GetValue<string>(), message["content"]!.GetValue<string>()));
        Assert.Equal((7, true), (message["usage"]!["inputTokens"]!.GetValue<int>(), message["usage"]!["estimated"]!.GetValue<bool>()));
        var conversation = (await user.GetAsync($"/api/conversations/{turn.ConversationId}")).Body!;
        Assert.Equal((null, "Anybody?"), (conversation["activeMessageId"], conversation["title"]!.GetValue<string>()));
        Assert.Equal(0, await leases.SaveProgressAsync(turn.AnswerId, "too late", new(7, 3, 0, Estimated: true)));
        Assert.False(await store.EndAsync(turn.ConversationId, turn.AnswerId, "too late", "complete", new(7, 3, 0, Estimated: true), null));
        Assert.Equal("stream-expired", (await user.GetAsync($"/api/chat/{turn.AnswerId}/events")).Code);
    }

    private T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    private static Task<HttpResponseMessage> AskAsync(ApiClient user, Guid? conversation) => user.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = JsonContent.Create(new { conversationId = conversation, message = "Is anybody there?" }) },
        HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The user's one conversation and its active answer, once its first word is there.</summary>
    private async Task<(Guid Answer, Guid Conversation)> StartAsync(ApiClient user)
    {
        var conversation = (await user.GetAsync("/api/conversations")).Body!["data"]![0]!;
        var answer = conversation["activeMessageId"]!.GetValue<Guid>();
        var generations = Get<ChatGenerations>();
        await Eventually.TrueAsync(() => Task.FromResult(generations.Find(answer)?.Text.Length > 0));
        return (answer, conversation["id"]!.GetValue<Guid>());
    }
}
