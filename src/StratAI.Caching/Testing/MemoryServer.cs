using StackExchange.Redis;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Testing;

/// <summary>A stand-in for one Redis: it runs the scripts of this package, one at a time, and delivers what they publish before it answers.</summary>
internal sealed class MemoryServer(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Keyspace _data = new(time);
    private readonly List<Subscription> _subscriptions = [];

    public StoredEntry Get(string key)
    {
        lock (_gate)
        {
            try
            {
                return _data.Get(key) is { } payload
                    ? new(payload, _data.LifetimeOf(key) is >= 0 and var left ? TimeSpan.FromMilliseconds(left) : null)
                    : default;
            }
            catch (RedisServerException)
            {
                return new([], null);
            }
        }
    }

    public RedisResult Run(string script, string[] keys, RedisValue[] arguments)
    {
        lock (_gate)
        {
            return new ScriptRun(_data, keys, arguments, Publish).Run(script);
        }
    }

    public IDisposable Subscribe(string channel, Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored)
    {
        var subscription = new Subscription(this, channel, receive, lost, restored);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Does something to the data between two scripts.</summary>
    public void Change(Action<Keyspace> change)
    {
        lock (_gate)
        {
            change(_data);
        }
    }

    /// <summary>Saves what it holds.</summary>
    public void Save() => Change(data => data.Save());

    /// <summary>Every connection breaks and is mended, and the server has what it had or what it saved last.</summary>
    public void Restart(bool keepData)
    {
        Subscription[] subscriptions;
        lock (_gate)
        {
            subscriptions = [.. _subscriptions];
        }

        Array.ForEach(subscriptions, subscription => subscription.Lost());
        Change(data => data.Restart(keepData));
        Array.ForEach(subscriptions, subscription => subscription.Restored());
    }

    // Inside the lock of the script, so that everyone receives in one order.
    private void Publish(string channel, byte[] message)
    {
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Channel == channel)
            {
                subscription.Receive(message);
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private sealed class Subscription(MemoryServer server, string channel, Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored) : IDisposable
    {
        public string Channel => channel;

        public void Receive(byte[] message) => receive(message);

        public void Lost() => lost();

        public void Restored() => restored();

        public void Dispose() => server.Remove(this);
    }
}
