using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Chat.Log;
using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Chats;

/// <summary>How the events of a generation come to its readers and into its log, whatever the log does.</summary>
public sealed class GenerationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeTimeProvider _timeOfLog = new();
    private readonly LocalChatLog _kept;
    private readonly FaultyChatLog _log;
    private readonly Generation _generation = new(Guid.NewGuid());
    private readonly Task _writing;

    public GenerationTests()
    {
        _kept = new(_timeOfLog);
        _log = new(_kept);
        _writing = new ChatLogWriter(_log, _time, new Lifetime(), NullLogger<ChatLogWriter>.Instance).WriteAsync(_generation);
    }

    [Fact]
    public async Task What_is_pending_is_written_by_one_call()
    {
        Say("a");
        await WrittenAsync(1);
        _log.Next = () =>
        {
            _log.Next = null;
            // Meanwhile a hundred more come in.
            for (var i = 0; i < 100; i++)
            {
                Say($"{i}");
            }

            return Fault.None;
        };
        Say("b");
        await WrittenAsync(102);
        Assert.InRange(_log.Appends, 3, 4);
    }

    [Fact]
    public async Task Readers_see_an_event_once_it_is_in_the_log()
    {
        var seen = -1;
        _log.Next = () =>
        {
            seen = _generation.After(0).Count;
            return Fault.None;
        };
        Say("a");
        await WrittenAsync(1);
        Assert.Equal((0, 1), (seen, _generation.After(0).Count));
    }

    [Fact]
    public async Task While_the_log_is_away_readers_here_go_on_and_it_is_written_in_order_after()
    {
        _log.Next = () => Fault.Lost;
        Say("a");
        await UntilAsync(() => _generation.After(0).Count == 1);
        Say("b");
        Say("c");
        // At once, as nothing is waited for.
        Assert.Equal(3, _generation.After(0).Count);
        Assert.Empty(await _kept.ReadAsync(_generation.MessageId, 0));

        _log.Next = null;
        await WrittenAsync(3);
        Assert.Equal(_generation.After(0), await _kept.ReadAsync(_generation.MessageId, 0));
    }

    [Fact]
    public async Task A_call_whose_answer_is_lost_is_not_written_twice()
    {
        var faults = new Queue<Fault>([Fault.Unanswered]);
        _log.Next = () => faults.TryDequeue(out var fault) ? fault : Fault.None;
        Say("a");
        await UntilAsync(() => _generation.After(0).Count == 1);
        Say("b");
        await WrittenAsync(2);
        Assert.Equal(_generation.After(0), await _kept.ReadAsync(_generation.MessageId, 0));
    }

    [Fact]
    public async Task A_log_that_was_lost_is_written_anew()
    {
        Say("a");
        await WrittenAsync(1);
        _timeOfLog.Advance(TimeSpan.FromMinutes(11));
        await _kept.AppendAsync(Guid.NewGuid(), 0, []);
        Assert.Null(await _kept.LastAsync(_generation.MessageId));

        // The heartbeat is enough to see it.
        _generation.Work.Set();
        await UntilAsync(async () => await _kept.LastAsync(_generation.MessageId) is { Id: 1 });
        Assert.Single(_generation.After(0));
    }

    [Fact]
    public async Task What_another_instance_has_ended_is_lost_and_shows_nothing_more()
    {
        Say("a");
        await WrittenAsync(1);
        await _kept.AppendAsync(_generation.MessageId, 1, [new(2, "error", "{}")]);
        Say("b");
        await _writing.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(_generation.IsLost && _generation.Cancelled.IsCancellationRequested);
        Assert.Single(_generation.After(0));
        Assert.Equal(["delta", "error"], (await _kept.ReadAsync(_generation.MessageId, 0)).Select(item => item.Type));
    }

    [Fact]
    public async Task Another_instance_is_found_out_by_a_heartbeat_alone()
    {
        Say("a");
        await WrittenAsync(1);
        await _kept.AppendAsync(_generation.MessageId, 1, [new(2, "error", "{}")]);
        _generation.Work.Set();
        await _writing.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(_generation.IsLost);
    }

    [Fact]
    public async Task Whatever_the_log_does_its_events_and_the_readers_are_those_of_the_generation()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        _log.Next = () => random.Next(10) switch { 0 => Fault.Lost, 1 => Fault.Unanswered, _ => Fault.None };
        var read = new List<ChatEvent>();
        for (var i = 0; i < 500; i++)
        {
            Say($"{i}");
            if (random.Next(3) == 0)
            {
                read.AddRange(_generation.After(read.Count));
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }

        _generation.Append(ChatEventData.Of(new ChatEventData.Done(Guid.Empty, "complete")), _time.GetUtcNow());
        await UntilAsync(() => _writing.IsCompleted);
        read.AddRange(_generation.After(read.Count));
        Assert.True(Enumerable.Range(1, 501).Select(id => (long)id).SequenceEqual(read.Select(item => item.Id)), $"seed {seed}");
        Assert.True(read.SequenceEqual(await _kept.ReadAsync(_generation.MessageId, 0)), $"seed {seed}");
    }

    private void Say(string text) => _generation.AppendText(text, _time.GetUtcNow());

    private Task WrittenAsync(int count) => UntilAsync(() => !_generation.HasUnwritten && _generation.After(0).Count == count);

    private Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    /// <summary>Lets the pauses between two tries pass while it waits.</summary>
    private Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(
        async () =>
        {
            if (await condition())
            {
                return true;
            }

            _time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        },
        "the log is as it should be");

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
