using System.Data.Common;
using StackExchange.Redis;
using StratAI.Host.Features.Chat.Log;

namespace StratAI.Host.Features.Chat;

/// <summary>One client's way through the events of an answer. It is woken by what is added, and looks by itself every few seconds, as a message may be lost.</summary>
internal sealed class FollowedAnswer : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    // With a look's pause more, still below the 15 s after which a client must hear something.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Guid _answerId;
    private readonly ChatGenerations _generations;
    private readonly IChatLog _log;
    private readonly ChatEndings _endings;
    private readonly TimeProvider _time;
    private readonly Pulse _pulse;
    private readonly CancellationTokenRegistration _whenStopping;
    private long _after;
    private long _heard;
    private long _sent;
    private long? _unreachable;
    private long? _gone;
    private Generation? _local;
    private IAsyncDisposable? _watch;
    private bool _givenUp;

    public FollowedAnswer(Guid answerId, long after, ChatGenerations generations, IChatLog log, ChatEndings endings, TimeProvider time, CancellationToken stopping)
    {
        (_answerId, _after, _generations, _log, _endings, _time) = (answerId, after, generations, log, endings, time);
        _heard = _sent = time.GetTimestamp();
        _pulse = new(Look, time);
        _whenStopping = stopping.UnsafeRegister(static pulse => ((Pulse)pulse!).Set(), _pulse);
    }

    /// <summary>The next events, once there are some; none when a heartbeat is due; null when there will be no more from here.</summary>
    public async Task<IReadOnlyList<ChatEvent>?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var next = await LookAsync(cancellation);
            if (next.Count > 0)
            {
                _after = next[^1].Id;
                _heard = _sent = _time.GetTimestamp();
                return next;
            }

            if (_givenUp)
            {
                return null;
            }

            if (_time.GetElapsedTime(_sent) >= Heartbeat)
            {
                _sent = _time.GetTimestamp();
                return [];
            }

            await _pulse.WaitAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Detach();
        await _whenStopping.DisposeAsync();
        if (_watch is not null)
        {
            await _watch.DisposeAsync();
        }

        _pulse.Dispose();
    }

    private async Task<IReadOnlyList<ChatEvent>> LookAsync(CancellationToken cancellation)
    {
        if (_local is null && _generations.Find(_answerId) is { } generation)
        {
            _local = generation;
            generation.Changed += _pulse.Set;
        }

        if (_local is { IsLost: false })
        {
            return _local.After(_after);
        }

        Detach();
        if (_whenStopping.Token.IsCancellationRequested)
        {
            _givenUp = true;
            return [];
        }

        try
        {
            // First the watch and then the look: what is added in between is heard of.
            _watch ??= await _log.WatchAsync(_answerId, _pulse.Set);
            var next = await _log.ReadAsync(_answerId, _after);
            _unreachable = null;
            return next.Count > 0 ? next : await LookForEndAsync(cancellation);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or DbException)
        {
            _unreachable ??= _time.GetTimestamp();
            _givenUp = _time.GetElapsedTime(_unreachable.Value) > Patience;
            return [];
        }
    }

    /// <summary>Whether it is over without a further event: the client is beyond the end, the log is gone, or whoever should have ended it has died.</summary>
    private async Task<IReadOnlyList<ChatEvent>> LookForEndAsync(CancellationToken cancellation)
    {
        var last = await _log.LastAsync(_answerId);
        if (last is { IsLast: true })
        {
            if (last.Id <= _after)
            {
                // The client was ahead of a log that has lost its end, or it made the id up.
                return [last];
            }

            // Added since the look.
            _pulse.Set();
            return [];
        }

        if (last is null)
        {
            _gone ??= _time.GetTimestamp();
            // A log that was there is given time: after a loss of Redis's data, whoever makes the answer is about to write it anew.
            if (_after > 0 && _time.GetElapsedTime(_gone.Value) < Look)
            {
                return [];
            }
        }
        else
        {
            _gone = null;
            if (_time.GetElapsedTime(_heard) < Silence)
            {
                return [];
            }
        }

        _heard = _time.GetTimestamp();
        var answer = await _endings.FindAsync(_answerId, cancellation);
        if (answer is { IsOver: false })
        {
            return [];
        }

        if (last is null)
        {
            return answer is not null && _after == 0 ? answer.Rebuild() : KeptAnswer.Number(_after, [ChatEventData.Of(ChatProblems.Expired())]);
        }

        await _endings.EndAsync(_answerId, _ => answer ?? new KeptAnswer { Id = _answerId, Status = "failed" });
        _pulse.Set();
        return [];
    }

    private void Detach()
    {
        if (_local is not null)
        {
            _local.Changed -= _pulse.Set;
            _local = null;
        }
    }
}
