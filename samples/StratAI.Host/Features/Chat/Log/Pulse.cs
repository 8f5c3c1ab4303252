using System.Threading.Channels;

namespace StratAI.Host.Features.Chat.Log;

/// <summary>Wakes one waiter: when somebody sets it, and every period if it has one. Set while nobody waits, it wakes the next one at once, and only once.</summary>
internal sealed class Pulse : IDisposable
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ITimer? _timer;

    public Pulse()
    {
    }

    public Pulse(TimeSpan period, TimeProvider time) => _timer = time.CreateTimer(static pulse => ((Pulse)pulse!).Set(), this, period, period);

    public void Set() => _set.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken cancellation) => await _set.Reader.ReadAsync(cancellation);

    public void Dispose() => _timer?.Dispose();
}
