namespace StratAI.Caching.Testing;

/// <summary>Brings messages to a node, one at a time.</summary>
internal sealed class Delivery(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored)
{
    private readonly Lock _gate = new();
    private readonly List<ReadOnlyMemory<byte>> _stalled = [];
    private readonly List<ReadOnlyMemory<byte>> _late = [];

    public void Receive(ReadOnlyMemory<byte> message, MessageFate fate, bool stalled)
    {
        lock (_gate)
        {
            if (fate == MessageFate.Late)
            {
                _late.Add(message);
            }
            else if (fate == MessageFate.Arrives && stalled)
            {
                _stalled.Add(message);
            }
            else if (fate == MessageFate.Arrives)
            {
                receive(message);
            }
        }
    }

    /// <summary>What the link held back arrives.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _stalled.ForEach(receive);
            _stalled.Clear();
        }
    }

    public void Release(Random? order)
    {
        lock (_gate)
        {
            var late = _late.ToArray();
            _late.Clear();
            order?.Shuffle(late);
            Array.ForEach(late, receive);
        }
    }

    /// <summary>What the link held back is lost. What is late is not: it may have reached the process before the connection broke.</summary>
    public void Lost()
    {
        lock (_gate)
        {
            _stalled.Clear();
        }

        lost();
    }

    public void Restored() => restored();
}
