using System.Diagnostics;
using System.Net.ServerSentEvents;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Chat.Log;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Chats;

/// <summary>Answers followed, stopped and asked for again, on whatever instance.</summary>
public abstract class ChatFollowTests(ChatPair pair)
{
    [Fact]
    public async Task An_answer_is_followed_on_any_instance_from_any_event_without_one_lost_or_doubled()
    {
        var seed = Environment.TickCount;
        var (here, there) = await pair.NewUserAsync();
        await using var chat = await OpenChat.AskAsync(here, "Follow?");
        var clients = Enumerable.Range(0, 6).Select(i => Follower.FollowAsync([here, there], chat.AnswerId, seed + i)).ToList();
        for (var i = 0; i < 200; i++)
        {
            pair.Model.Say("Follow?", $"{i} ");
            await Task.Yield();
        }

        pair.Model.End("Follow?", new() { InputTokenCount = 1, OutputTokenCount = 2 });
        await chat.NextAsync("done");

        var whole = await Follower.ReadAsync(there, chat.AnswerId);
        Assert.Equal(Enumerable.Range(1, 203).Select(id => $"{id}"), whole.Select(item => item.EventId));
        Assert.All(await Task.WhenAll(clients), events => Assert.True(whole.SequenceEqual(events), $"seed {seed}"));
        foreach (var after in new[] { 1, 57, 202 })
        {
            Assert.Equal(whole[after..], await Follower.ReadAsync(there, chat.AnswerId, after));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_on_another_instance_cancels_the_upstream_call_within_about_a_second_and_keeps_the_text(bool told)
    {
        var question = $"Stop {told}?";
        var (here, there) = await pair.NewUserAsync();
        await using var chat = await OpenChat.AskAsync(here, question);
        pair.Model.Say(question, "Half an answer");
        await chat.NextAsync("delta");

        var asked = Stopwatch.GetTimestamp();
        if (told)
        {
            Assert.Equal(202, (await there.PostAsync($"/api/chat/{chat.AnswerId}/stop", new { })).Status);
        }
        else
        {
            // The message was lost: what is left is the flag.
            await pair.Two.Services.GetRequiredService<ChatLeases>().RequestStopAsync(chat.AnswerId, default);
        }

        await pair.Model.CancelledAsync(question).WaitAsync(TimeSpan.FromSeconds(30));
        // A second and what a busy machine adds to it; the heartbeat would take five.
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(4));
        Assert.Equal("stopped", (await chat.NextAsync("done"))["status"]!.GetValue<string>());
        var message = (await there.GetAsync($"/api/conversations/{chat.ConversationId}/messages")).Body!["data"]![1]!;
        Assert.Equal(("stopped", "Half an answer", true), (message["status"]!.GetValue<string>(), message["content"]!.GetValue<string>(), message["usage"]!["estimated"]!.GetValue<bool>()));
        Assert.Equal(question, (await there.GetAsync($"/api/conversations/{chat.ConversationId}")).Body!["title"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_point_to_go_on_from_is_checked_and_what_lies_beyond_the_end_is_told_the_end()
    {
        var (here, there) = await pair.NewUserAsync();
        var chat = await OpenChat.AskAsync(here, "Points?");
        pair.Model.End("Points?", new());
        await chat.NextAsync("done");
        var path = $"/api/chat/{chat.AnswerId}/events";

        foreach (var bad in new[] { "-1", "one", "1.5", "99999999999999999999", "" })
        {
            var refused = await there.GetAsync(path, ("Last-Event-ID", bad));
            Assert.Equal((400, "validation-failed"), (refused.Status, refused.Code));
        }

        // Start, usage, done.
        Assert.Equal(204, (await there.GetAsync(path, ("Last-Event-ID", "3"))).Status);
        foreach (var beyond in new[] { 4, long.MaxValue })
        {
            Assert.Equal("3", Assert.Single(await Follower.ReadAsync(there, chat.AnswerId, beyond)).EventId);
        }
    }

    [Fact]
    public async Task A_question_that_is_sent_again_is_answered_once_and_followed_by_all()
    {
        var (here, there) = await pair.NewUserAsync();
        var calls = pair.Model.Calls;
        // As many as may run at a time: each is admitted before it is known for one that was sent again.
        var sent = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => OpenChat.AskAsync(i % 2 == 0 ? here : there, "Once?", "the-key")));
        pair.Model.Say("Once?", "Once.");
        await sent[0].NextAsync("delta");
        // One of them has a place, and those that listen have none.
        Assert.Equal(2, await pair.Two.PlacesLeftAsync(here.User));
        pair.Model.End("Once?", new() { InputTokenCount = 5, OutputTokenCount = 1 });
        foreach (var chat in sent)
        {
            Assert.Equal(sent[0].AnswerId, chat.AnswerId);
            await chat.NextAsync("done");
            await chat.DisposeAsync();
        }

        Assert.Single(sent, chat => !chat.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal(calls + 1, pair.Model.Calls);
        Assert.Equal(1, (await here.GetAsync("/api/conversations")).Body!["pagination"]!["total"]!.GetValue<int>());

        await using (var after = await OpenChat.AskAsync(there, "Once?", "the-key"))
        {
            Assert.Equal("true", after.Headers["Idempotency-Replayed"]);
            Assert.Equal("Once.", (await after.NextAsync("delta"))["text"]!.GetValue<string>());
            await after.NextAsync("done");
        }

        var other = await there.PostAsync("/api/chat", new { message = "Twice?" }, ("Idempotency-Key", "the-key"));
        Assert.Equal((422, "idempotency-mismatch"), (other.Status, other.Code));
        var another = await there.PostAsync("/api/tasks", new { title = "Once" }, ("Idempotency-Key", "the-key"));
        Assert.Equal((422, "idempotency-mismatch"), (another.Status, another.Code));
        Assert.Equal((200_000 - 6, 3), (await pair.Two.TokensLeftAsync(here.User), await pair.Two.PlacesLeftAsync(here.User)));
    }

    [Fact]
    public async Task A_refused_question_does_not_use_up_its_key()
    {
        var (here, _) = await pair.NewUserAsync();
        await using var chat = await OpenChat.AskAsync(here, "Busy?");
        var body = new { conversationId = chat.ConversationId, message = "Free?" };
        Assert.Equal((409, "conversation-busy"), await SendAsync());
        pair.Model.End("Busy?", new());
        await chat.NextAsync("done");
        pair.Model.End("Free?", new());
        Assert.Equal((200, null), await SendAsync());

        async Task<(int, string?)> SendAsync()
        {
            var answer = await here.PostAsync("/api/chat", body, ("Idempotency-Key", "busy"));
            return (answer.Status, answer.Code);
        }
    }

    [Fact]
    public async Task A_question_whose_stream_is_no_longer_kept_is_answered_from_the_conversation()
    {
        var (here, there) = await pair.NewUserAsync();
        await using var chat = await OpenChat.AskAsync(here, "Old?", "old");
        pair.Model.Say("Old?", "Long ago.");
        pair.Model.End("Old?", new() { InputTokenCount = 4, OutputTokenCount = 2 });
        await chat.NextAsync("done");
        await pair.ForgetAsync(chat.AnswerId);

        Assert.Equal((410, "stream-expired"), await StatusAsync());
        await using var again = await OpenChat.AskAsync(there, "Old?", "old");
        Assert.Equal((chat.AnswerId, chat.ConversationId), (again.AnswerId, again.ConversationId));
        Assert.Equal("Long ago.", (await again.NextAsync()).Data["text"]!.GetValue<string>());
        Assert.Equal(2, (await again.NextAsync("usage"))["outputTokens"]!.GetValue<int>());
        Assert.Equal("complete", (await again.NextAsync("done"))["status"]!.GetValue<string>());

        async Task<(int, string?)> StatusAsync()
        {
            var answer = await there.GetAsync($"/api/chat/{chat.AnswerId}/events");
            return (answer.Status, answer.Code);
        }
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedPair pair) : ChatFollowTests(pair), IClassFixture<EmbeddedPair>;

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledPair pair) : ChatFollowTests(pair), IClassFixture<PooledPair>;

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelPair pair) : ChatFollowTests(pair), IClassFixture<SentinelPair>;

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterPair pair) : ChatFollowTests(pair), IClassFixture<ClusterPair>;

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedPair pair) : ChatFollowTests(pair), IClassFixture<DistributedPair>
    {
        private readonly DistributedPair _pair = pair;

        [Fact]
        public async Task A_log_that_redis_has_lost_is_written_anew_and_followed_without_a_gap()
        {
            var (here, there) = await _pair.NewUserAsync();
            await using var chat = await OpenChat.AskAsync(here, "Lost?");
            _pair.Model.Say("Lost?", "One. ");
            await chat.NextAsync("delta");
            var following = await Follower.BeginAsync(there, chat.AnswerId);
            await Follower.ReadAsync(there, chat.AnswerId, 0, 2);

            await _pair.ForgetAsync(chat.AnswerId);
            _pair.Model.Say("Lost?", "Two.");
            _pair.Model.End("Lost?", new());

            Assert.Equal(["start", "delta", "delta", "usage", "done"], Types(await following));
            Assert.Equal(["start", "delta", "delta", "usage", "done"], Types(await Follower.ReadAsync(there, chat.AnswerId)));
        }

        [Fact]
        public async Task One_who_follows_an_answer_whose_log_and_instance_are_gone_is_told_so()
        {
            var (_, there) = await _pair.NewUserAsync();
            var services = _pair.Two.Services;
            var (begun, _, _) = await services.GetRequiredService<ChatStore>().BeginAsync(new ChatBody { Message = "Gone?" }, default, there.User, "local", null, default);
            await services.GetRequiredService<IChatLog>().AppendAsync(begun!.AnswerId, 0, [new(1, "start", "{}")]);
            var following = await Follower.BeginAsync(there, begun.AnswerId);

            await _pair.ForgetAsync(begun.AnswerId);
            await _pair.Two.ExpireLeaseAsync(begun.AnswerId);
            await services.GetRequiredService<ChatTakeover>().RunAsync(default);

            var told = await following;
            Assert.Equal(["start", "error"], Types(told));
            Assert.Contains("stream-expired", told[1].Data, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Open_streams_hold_no_database_connection()
        {
            var small = new Npgsql.NpgsqlConnectionStringBuilder(_pair.Settings["ConnectionStrings:Postgres"]) { MaxPoolSize = 1, Timeout = 5 };
            await using var instance = _pair.Start(("ConnectionStrings:Postgres", small.ConnectionString), ("Limits:Policies:chat-concurrency:PermitLimit", "100"));
            var user = await instance.SignInAsync("pool");
            var chats = new List<OpenChat>();
            for (var i = 0; i < 10; i++)
            {
                chats.Add(await OpenChat.AskAsync(user, $"Pool {i}?"));
            }

            var followers = new List<Task<List<SseItem<string>>>>();
            foreach (var chat in chats)
            {
                followers.Add(await Follower.BeginAsync(user, chat.AnswerId));
            }

            Assert.Equal(200, (await user.GetAsync("/api/conversations")).Status);
            for (var i = 0; i < 10; i++)
            {
                _pair.Model.End($"Pool {i}?", new());
            }

            Assert.All(await Task.WhenAll(followers), events => Assert.Equal("done", events[^1].EventType));
            foreach (var chat in chats)
            {
                await chat.DisposeAsync();
            }
        }

        [Fact]
        public async Task An_instance_that_shuts_down_lets_go_of_those_who_follow_another_ones_answer_and_ends_its_own()
        {
            var (here, _) = await _pair.NewUserAsync();
            await using var elsewhere = await OpenChat.AskAsync(here, "Elsewhere?");
            var third = _pair.Start();
            var user = await third.SignInAsync(here.User);
            var following = await Follower.BeginAsync(user, elsewhere.AnswerId);
            await using var own = await OpenChat.AskAsync(user, "Own?");
            _pair.Model.Say("Own?", "Half.");
            await own.NextAsync("delta");

            await third.DisposeAsync();

            Assert.Equal(["start"], Types(await following));
            Assert.Equal("generation-failed", (await own.NextAsync("error"))["code"]!.GetValue<string>());
            var message = (await here.GetAsync($"/api/conversations/{own.ConversationId}/messages")).Body!["data"]![1]!;
            Assert.Equal(("failed", "Half."), (message["status"]!.GetValue<string>(), message["content"]!.GetValue<string>()));
            Assert.Equal(["start", "delta", "usage", "error"], Types(await Follower.ReadAsync(here, own.AnswerId)));
            _pair.Model.End("Elsewhere?", new());
            Assert.Equal("done", (await Follower.ReadAsync(here, elsewhere.AnswerId, 1))[^1].EventType);
        }

        private static IEnumerable<string> Types(IEnumerable<SseItem<string>> events) => events.Select(item => item.EventType);
    }
}
