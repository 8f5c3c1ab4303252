using System.Runtime.CompilerServices;
using System.Text;

namespace StratAI.Host.Features.Chat;

/// <summary>One answer being made: the log of its events, which any number of readers follow from any point, and the way to stop it.</summary>
internal sealed class Generation(Guid messageId) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ChatEvent> _events = [];
    private readonly StringBuilder _text = new();
    private readonly CancellationTokenSource _cancelled = new();
    private TaskCompletionSource _changed = NewSignal();

    public Guid MessageId => messageId;

    /// <summary>Fires when the generation is to end early.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Whether its user asked for the end, and not a server that shuts down.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>When the last event was written; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The answer so far.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return _text.ToString();
            }
        }
    }

    public void Stop()
    {
        IsStopped = true;
        Abort();
    }

    public void Abort()
    {
        try
        {
            _cancelled.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    public void AppendText(string delta, DateTimeOffset now)
    {
        lock (_gate)
        {
            _text.Append(delta);
        }

        Append(ChatEventData.Of(new ChatEventData.Delta(delta)), now);
    }

    public void Append((string Type, string Data) data, DateTimeOffset now)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            var added = new ChatEvent(_events.Count + 1, data.Type, data.Data);
            _events.Add(added);
            EndedAt = added.IsLast ? now : null;
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    /// <summary>
    /// The events after <paramref name="lastId"/>, the known ones at once and the others as they come, up to the last one. A null says that for
    /// <paramref name="heartbeat"/> there was none.
    /// </summary>
    public async IAsyncEnumerable<ChatEvent?> ReadAsync(long lastId, TimeSpan heartbeat, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            List<ChatEvent> next;
            Task changed;
            bool ended;
            lock (_gate)
            {
                next = _events[(int)Math.Clamp(lastId, 0, _events.Count)..];
                changed = _changed.Task;
                ended = EndedAt is not null;
            }

            foreach (var item in next)
            {
                yield return item;
                lastId = item.Id;
            }

            if (ended)
            {
                yield break;
            }

            if (!await ChangesAsync(changed, heartbeat, time, cancellation))
            {
                yield return null;
            }
        }
    }

    private static async Task<bool> ChangesAsync(Task changed, TimeSpan heartbeat, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await changed.WaitAsync(heartbeat, time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose() => _cancelled.Dispose();

    // Readers go on elsewhere: the one who appends must not run them.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
