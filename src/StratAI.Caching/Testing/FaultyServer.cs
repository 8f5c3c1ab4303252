using StackExchange.Redis;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Testing;

/// <summary>A connection to a server, with faults on the way there.</summary>
internal sealed class FaultyServer(ICacheServer inner) : ICacheServer
{
    private readonly Lock _gate = new();
    private readonly List<Action<Exception?>> _waiting = [];
    private LinkState _state;
    private bool _broken;
    private Delivery? _delivery;

    /// <summary>Asked for each message that the link does not lose.</summary>
    public Func<MessageFate> Fate { get; set; } = () => MessageFate.Arrives;

    /// <summary>Called when the node that uses it ends.</summary>
    public Action? Disposed { get; set; }

    public bool IsUp => State == LinkState.Up;

    private LinkState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public Task<StoredEntry> GetAsync(string key) => CallAsync(() => inner.GetAsync(key));

    public Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values) => CallAsync(() => inner.RunAsync(script, records, values));

    public Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored) => CallAsync(async () =>
    {
        _delivery = new(receive, lost, restored);
        await inner.SubscribeAsync(Receive, OnLost, OnRestored).ConfigureAwait(false);
        return true;
    });

    /// <summary>Calls fail, those that wait too, and messages are lost.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _state = LinkState.Cut;
        }

        OnLost();
    }

    /// <summary>Nothing gets through, and nothing breaks.</summary>
    /// <param name="answersOnly">Whether calls reach the server all the same, and only their answers do not come back.</param>
    public void Hang(bool answersOnly)
    {
        lock (_gate)
        {
            _state = answersOnly ? LinkState.Mute : LinkState.Hung;
        }
    }

    /// <summary>The link works again. What waited goes through now.</summary>
    public void Restore()
    {
        bool broken;
        Action<Exception?>[] waiting;
        lock (_gate)
        {
            (broken, _broken, _state) = (_broken, false, LinkState.Up);
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        Array.ForEach(waiting, proceed => proceed(null));
        if (broken)
        {
            _delivery?.Restored();
        }
        else
        {
            _delivery?.Resume();
        }
    }

    /// <summary>Lets late messages arrive, in their order or in a random one.</summary>
    public void Release(Random? order) => _delivery?.Release(order);

    public async ValueTask DisposeAsync()
    {
        Disposed?.Invoke();
        FailWaiting();
        await inner.DisposeAsync().ConfigureAwait(false);
    }

    private Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var made = new Lazy<Task<T>>(call);
        LinkState state;
        lock (_gate)
        {
            state = _state;
            if (state is LinkState.Hung or LinkState.Mute)
            {
                _waiting.Add(error => _ = AnswerAsync(error is null ? made.Value : Task.FromException<T>(error)));
            }
        }

        if (state is LinkState.Up or LinkState.Mute)
        {
            // Outside the lock, as the server may deliver a message before it answers.
            _ = made.Value;
        }

        return state switch
        {
            LinkState.Up => made.Value,
            LinkState.Cut => Task.FromException<T>(Broken()),
            _ => answer.Task,
        };

        async Task AnswerAsync(Task<T> called)
        {
            try
            {
                answer.SetResult(await called.ConfigureAwait(false));
            }
            catch (Exception error)
            {
                answer.SetException(error);
            }
        }
    }

    private void Receive(ReadOnlyMemory<byte> message)
    {
        var state = State;
        if (state == LinkState.Cut)
        {
            return;
        }

        _delivery!.Receive(message, Fate(), stalled: state != LinkState.Up);
    }

    private void OnLost()
    {
        lock (_gate)
        {
            _broken = true;
        }

        FailWaiting();
        _delivery?.Lost();
    }

    private void OnRestored()
    {
        lock (_gate)
        {
            if (_state != LinkState.Up)
            {
                return;
            }

            _broken = false;
        }

        _delivery?.Restored();
    }

    private void FailWaiting()
    {
        Action<Exception?>[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        Array.ForEach(waiting, proceed => proceed(Broken()));
    }

    private static RedisConnectionException Broken() => new(ConnectionFailureType.SocketClosed, CommandFlags.None, "The link to the server is cut.");

    private enum LinkState
    {
        Up,
        Cut,
        Hung,
        Mute,
    }
}
