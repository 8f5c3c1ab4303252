using System.Text;
using StratAI.Host.Features.Chat.Log;

namespace StratAI.Host.Features.Chat;

/// <summary>One answer being made by this instance: its events, of which readers see those that are in the log, and the way to stop it.</summary>
internal sealed class Generation(Guid messageId) : IDisposable
{
    private const int MaximumEvents = 200_000;
    private const int MaximumText = 4_000_000;
    private const int MaximumBatch = 500;

    private readonly Lock _gate = new();
    private readonly List<ChatEvent> _events = [];
    private readonly StringBuilder _text = new();
    private readonly CancellationTokenSource _cancelled = new();
    private int _written;
    private int _visible;
    private bool _alone;

    public Guid MessageId => messageId;

    /// <summary>Fires when the generation is to end early.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Whether its user asked for the end, and not a server that shuts down.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Whether the answer has come to what one may have in text and events; it is cancelled then.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether another instance has taken the answer up. Its log has the rest, and nothing of this one.</summary>
    public bool IsLost { get; private set; }

    /// <summary>When the last event was added; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The tokens of the prompt, once it is built; an estimate.</summary>
    public long InputTokens { get; set; }

    /// <summary>Set when there is something for the log: events, or the time to renew it.</summary>
    public Pulse Work { get; } = new();

    /// <summary>Readers see more events, or must look for them elsewhere.</summary>
    public event Action? Changed;

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
            IsFull = _text.Length > MaximumText || _events.Count > MaximumEvents;
        }

        Append(ChatEventData.Of(new ChatEventData.Delta(delta)), now);
        if (IsFull)
        {
            Abort();
        }
    }

    public void Append((string Type, string Data) data, DateTimeOffset now)
    {
        lock (_gate)
        {
            var added = new ChatEvent(_events.Count + 1, data.Type, data.Data);
            _events.Add(added);
            EndedAt = added.IsLast ? now : null;
            if (_alone)
            {
                _visible = _events.Count;
            }
        }

        Work.Set();
        if (_alone)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>The events after an id that readers may see.</summary>
    public IReadOnlyList<ChatEvent> After(long lastId)
    {
        lock (_gate)
        {
            return lastId < _visible ? _events[(int)lastId.._visible] : [];
        }
    }

    public bool HasUnwritten
    {
        get
        {
            lock (_gate)
            {
                return _written < _events.Count;
            }
        }
    }

    /// <summary>How many events are in the log, and the next ones.</summary>
    public (long Written, IReadOnlyList<ChatEvent> Batch) Unwritten()
    {
        lock (_gate)
        {
            return (_written, _events[_written..Math.Min(_written + MaximumBatch, _events.Count)]);
        }
    }

    /// <summary>The log ends with event <paramref name="last"/>. True when it had been out of reach and is complete now.</summary>
    public bool Written(long last)
    {
        bool complete;
        lock (_gate)
        {
            _written = (int)last;
            _visible = Math.Max(_visible, _written);
            complete = _alone && _written == _events.Count;
            _alone &= !complete;
        }

        Changed?.Invoke();
        return complete;
    }

    /// <summary>The log is out of reach: readers here see the events without it. True when that is new.</summary>
    public bool GoOnAlone()
    {
        bool began;
        lock (_gate)
        {
            (began, _alone, _visible) = (!_alone, true, _events.Count);
        }

        Changed?.Invoke();
        return began;
    }

    public void Lose()
    {
        IsLost = true;
        Abort();
        Changed?.Invoke();
    }

    public void Dispose()
    {
        _cancelled.Dispose();
        Work.Dispose();
    }
}
