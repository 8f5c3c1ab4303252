using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Chats;

/// <summary>What becomes of an answer while Redis is away.</summary>
[Collection(DistributedShape.Name)]
public sealed class ChatOutageTests(DistributedHost host)
{
    [Fact]
    public async Task An_answer_goes_on_without_redis_and_is_whole_everywhere_once_it_is_back_though_it_forgot_everything()
    {
        await using var redis = await RedisProcess.StartAsync();
        var settings = host.SettingsApart(("ConnectionStrings:Redis", redis.Endpoint), ("Limits:RedisTimeout", "00:00:00.2"));
        var model = new ScriptedModel();
        await using var one = new HostInstance(settings, model.Use);
        await using var two = new HostInstance(settings, model.Use);
        var (here, there) = (await one.SignInAsync("ada"), await two.SignInAsync("ada"));
        await using var chat = await OpenChat.AskAsync(here, "Still there?");
        model.Say("Still there?", "Yes. ");
        await chat.NextAsync("delta");
        await using var stopped = await OpenChat.AskAsync(here, "And you?");
        var elsewhere = await Follower.BeginAsync(there, chat.AnswerId);
        await Follower.ReadAsync(there, chat.AnswerId, 0, 2);

        redis.Kill();
        model.Say("Still there?", "Even now. ");
        Assert.Equal("Even now. ", (await chat.NextAsync("delta"))["text"]!.GetValue<string>());
        model.Say("Still there?", "And now.");
        Assert.Equal("And now.", (await chat.NextAsync("delta"))["text"]!.GetValue<string>());
        Assert.Equal(503, (await there.GetAsync($"/api/chat/{chat.AnswerId}/events")).Status);
        Assert.Equal(202, (await there.PostAsync($"/api/chat/{stopped.AnswerId}/stop", new { })).Status);
        await model.CancelledAsync("And you?").WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("stopped", (await stopped.NextAsync("done"))["status"]!.GetValue<string>());
        await redis.RestartAsync(keepData: false);
        model.End("Still there?", new() { InputTokenCount = 1, OutputTokenCount = 2 });
        await chat.NextAsync("done");

        var whole = await elsewhere.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(["1", "2", "3", "4", "5", "6"], whole.Select(item => item.EventId));
        Assert.Equal(["start", "delta", "delta", "delta", "usage", "done"], whole.Select(item => item.EventType));
        Assert.Equal(whole, await Follower.ReadAsync(there, chat.AnswerId));
    }
}
