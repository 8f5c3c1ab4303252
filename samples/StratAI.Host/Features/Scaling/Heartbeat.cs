using StratAI.Host.Database;

namespace StratAI.Host.Features.Scaling;

/// <summary>Keeps this instance registered while it runs, and tells the log when the instances do not fit together.</summary>
internal sealed partial class Heartbeat(
    Instance self, InstanceStore store, AppDatabase database, TimeProvider time, ILogger<Heartbeat> logger, RedisIdentity? redis = null) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private List<string> _told = [];
    private int _left;

    /// <summary>As of the last beat; null on SQLite.</summary>
    public DatabaseServer? Server { get; private set; }

    public Instance Self { get; private set; } = self;

    /// <summary>All that are alive, this one among them even if the database has missed its beats.</summary>
    public async Task<IReadOnlyList<Instance>> AliveAsync(CancellationToken cancellation)
    {
        var alive = await store.AliveAsync(cancellation);
        return alive.Any(instance => instance.Name == Self.Name) ? alive : [.. alive, Self];
    }

    /// <summary>Null on SQLite, and as long as no beat has succeeded.</summary>
    public PoolUse? PoolOf(IReadOnlyCollection<Instance> alive) => Server is null ? null : PoolUse.Of(alive, Self, Server);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the server listens: of two instances that must not serve together neither finds itself alone.
        await BeatAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Who runs a host within a host, such as a test server, stops it twice, and by the second time the database may be gone.
        if (Interlocked.Exchange(ref _left, 1) == 1)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(Farewell, time);
            await store.LeaveAsync(Self, deadline.Token);
        }
        catch (Exception exception)
        {
            LogUnregistered(exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await BeatAsync(stoppingToken);
        }
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        try
        {
            Self = redis is null ? Self : Self with { Redis = await redis.ReadAsync() };
            await store.BeatAsync(Self, cancellation);
            await store.SweepAsync(Self, cancellation);
            Server = await DatabaseServer.ReadAsync(database, cancellation);
            Tell(await AliveAsync(cancellation));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogMissed(exception);
        }
    }

    private void Tell(IReadOnlyList<Instance> alive)
    {
        var warnings = Deployment.Conflicts(alive).Concat(PoolOf(alive) is { IsExceeded: true } pool ? [pool.Detail] : []).ToList();
        foreach (var warning in warnings.Except(_told))
        {
            LogWarning(warning);
        }

        if (warnings.Count == 0 && _told.Count > 0)
        {
            LogFits();
        }

        _told = warnings;
    }

    [LoggerMessage(1, LogLevel.Warning, "This instance could not be registered; the next beat tries again. Without one for 20 s others take it for gone.")]
    private partial void LogMissed(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(3, LogLevel.Information, "The instances that are alive fit together again.")]
    private partial void LogFits();

    [LoggerMessage(4, LogLevel.Warning, "This instance could not take itself off the register; others take it for gone after 20 s.")]
    private partial void LogUnregistered(Exception exception);
}
