using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Host.Tests.Objects;

namespace StratAI.Host.Tests.Chats;

/// <summary>An answer whose instance is killed, paused or shut down, while clients follow it on another one.</summary>
[Collection(DistributedShape.Name)]
public sealed class ChatCrashTests(DistributedHost fixture) : IAsyncLifetime
{
    private readonly int _seed = Environment.TickCount;
    private ObjectDeployment _deployment = null!;
    private HostProcess _victim = null!;
    private ApiClient _there = null!;
    private ApiClient _here = null!;
    private OpenChat _chat = null!;

    private HostInstance Survivor => _deployment.Host;

    public async Task InitializeAsync()
    {
        _deployment = await ObjectDeployment.CreateAsync(
            fixture, null,
            ("Chat:Local:WordDelay", "00:00:00.02"), ("Chat:DrainTime", "00:00:01"), ("Limits:Policies:user:PermitLimit", "100000"));
        _victim = new HostProcess([.. _deployment.Settings.Select(setting => (setting.Key, setting.Value))]);
        _there = await Survivor.SignInAsync("ada");
        // Some six hundred words: longer than any of these tests watches it.
        var rules = string.Join("\n\n", Enumerable.Range(1, 8).Select(i => $"Rule {i}: " + string.Join(' ', Enumerable.Range(1, 120).Select(j => $"tomatoes want water {i}.{j}"))));
        var document = await _there.UploadAsync("rules.md", Encoding.UTF8.GetBytes(rules), "text/markdown");
        await _victim.WaitUntilReadyAsync();
        var http = new HttpClient { BaseAddress = _victim.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await ApiClient.TokenAsync(http, "ada"));
        _here = new(http, "ada");
        _chat = await OpenChat.AskAsync(_here, new { message = "What do tomatoes want?", documentIds = new[] { document.Id } });
    }

    public async Task DisposeAsync()
    {
        await _chat.DisposeAsync();
        await _victim.DisposeAsync();
        await _deployment.DisposeAsync();
    }

    [Fact]
    public async Task A_killed_instances_answer_loses_and_doubles_no_event_and_ends_as_failed_with_what_clients_saw()
    {
        var clients = FollowEverywhere();
        await Follower.ReadAsync(_there, _chat.AnswerId, 0, 30);

        _victim.Kill();
        await Survivor.ExpireLeaseAsync(_chat.AnswerId);

        await AssertFailedAsync(clients);
    }

    [Fact]
    public async Task A_paused_instance_that_comes_back_writes_nothing_more_and_its_own_clients_get_the_same_end()
    {
        // One who stays with the paused instance.
        var faithful = await Follower.BeginAsync(_here, _chat.AnswerId);
        var clients = FollowEverywhere(_there);
        await Follower.ReadAsync(_there, _chat.AnswerId, 0, 30);

        _victim.Pause();
        await Survivor.ExpireLeaseAsync(_chat.AnswerId);
        var whole = await AssertFailedAsync(clients);
        _victim.Continue();

        Assert.Equal(whole, await faithful.WaitAsync(TimeSpan.FromSeconds(30)));
        // It still serves, and what it knows by now has changed nothing.
        Assert.Equal(200, (await _here.GetAsync("/api/me")).Status);
        Assert.Equal(whole, await AssertFailedAsync([]));
        _victim.Kill();
    }

    [Fact]
    public async Task An_instance_that_shuts_down_ends_its_answer_and_every_client_gets_the_end()
    {
        var clients = FollowEverywhere();
        await Follower.ReadAsync(_there, _chat.AnswerId, 0, 30);

        _victim.Terminate();

        var whole = await AssertFailedAsync(clients);
        Assert.Equal(whole[^1].Data, (await _chat.NextAsync("error")).ToJsonString());
        Assert.Equal(0, (await _victim.WaitForExitAsync()).ExitCode);
    }

    private List<Task<List<SseItem<string>>>> FollowEverywhere(params ApiClient[] instances) =>
        [.. Enumerable.Range(0, 5).Select(i => Follower.FollowAsync(instances is [] ? [_here, _there] : instances, _chat.AnswerId, _seed + i))];

    /// <summary>The whole log, which all clients have had, and whose text the conversation has.</summary>
    private async Task<List<SseItem<string>>> AssertFailedAsync(IEnumerable<Task<List<SseItem<string>>>> clients)
    {
        var followed = await Task.WhenAll(clients);
        var whole = await Follower.ReadAsync(_there, _chat.AnswerId);
        Assert.Equal(Enumerable.Range(1, whole.Count).Select(id => $"{id}"), whole.Select(item => item.EventId));
        Assert.All(followed, events => Assert.True(whole.SequenceEqual(events), $"seed {_seed}"));
        Assert.Equal(["usage", "error"], whole[^2..].Select(item => item.EventType));
        Assert.Single(whole, item => item.EventType is "done" or "error");

        var text = string.Concat(whole.Where(item => item.EventType == "delta").Select(item => JsonNode.Parse(item.Data)!["text"]!.GetValue<string>()));
        await Eventually.TrueAsync(async () => (await _there.GetAsync($"/api/conversations/{_chat.ConversationId}")).Body!["activeMessageId"] is null);
        var message = (await _there.GetAsync($"/api/conversations/{_chat.ConversationId}/messages")).Body!["data"]![1]!;
        Assert.Equal(("failed", text, true), (message["status"]!.GetValue<string>(), message["content"]!.GetValue<string>(), message["usage"]!["estimated"]!.GetValue<bool>()));
        Assert.InRange(message["usage"]!["outputTokens"]!.GetValue<int>(), 10, 10_000);
        return whole;
    }
}
