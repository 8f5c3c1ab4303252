using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace StratAI.Caching.Redis;

/// <summary>
/// A pair of connections to the master that holds the cache: one asks Redis to report changes, the other receives the reports.
/// The pair is apart from the application's connection, as reports come to a RESP2 subscription only, a connection has one such
/// setting, and the application's may have another protocol, a channel prefix, or a use for it of its own.
/// It does not mend: the server forgets the setting with either connection.
/// </summary>
internal sealed class TrackingConnection : IAsyncDisposable
{
    private static readonly RedisChannel Reports = RedisChannel.Literal("__redis__:invalidate");

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly Action<TrackingConnection> _broken;
    private volatile bool _isBroken;

    private TrackingConnection(ConnectionMultiplexer multiplexer, string instance, Action<TrackingConnection> broken)
    {
        (_multiplexer, Instance, _broken) = (multiplexer, instance, broken);
        _multiplexer.ConnectionFailed += OnConnectionFailed;
    }

    /// <summary>Names the pair, and the canaries whose changes are reported to it alone.</summary>
    public string Instance { get; }

    public bool IsBroken => _isBroken;

    /// <summary>The one server, over the connection that asks for reports.</summary>
    public IServer Server => _multiplexer.GetServers()[0];

    /// <param name="server">The application's connection, which knows the master, and the names.</param>
    /// <param name="settings">Times.</param>
    /// <param name="receive">Called with the key of each change, in order and one at a time; with null when all may have changed.</param>
    /// <param name="broken">Called when either connection breaks.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<TrackingConnection> OpenAsync(
        RedisServer server,
        RedisLevelSettings settings,
        Action<RedisValue> receive,
        Action<TrackingConnection> broken,
        CancellationToken cancellationToken)
    {
        var database = await server.GetDatabaseAsync().ConfigureAwait(false);
        var endpoint = await database.IdentifyEndpointAsync(server.Names.State, CommandFlags.DemandMaster)
            .WaitAsync(settings.Timeout, settings.Time, cancellationToken).ConfigureAwait(false)
            ?? throw new RedisException("The master is not known.");
        var instance = Guid.NewGuid().ToString("N");
        var options = Options(database.Multiplexer.Configuration, endpoint, instance);
        var tracking = new TrackingConnection(await ConnectAsync(options, cancellationToken).ConfigureAwait(false), instance, broken);
        try
        {
            await tracking.BeginAsync(server.Names, options.ClientName!, receive)
                .WaitAsync(settings.Timeout, settings.Time, cancellationToken).ConfigureAwait(false);
            return tracking;
        }
        catch
        {
            await tracking.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _multiplexer.ConnectionFailed -= OnConnectionFailed;
        await _multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        await _multiplexer.DisposeAsync().ConfigureAwait(false);
    }

    private static ConfigurationOptions Options(string configuration, EndPoint endpoint, string instance)
    {
        // Without these commands the client takes the one server as it is: it neither looks for the other nodes nor spreads over them.
        var options = ConfigurationOptions.Parse(configuration + ",$CLUSTER=,$SENTINEL=");
        options.EndPoints.Clear();
        options.EndPoints.Add(endpoint);
        (options.ServiceName, options.ConfigurationChannel, options.TieBreaker, options.ChannelPrefix) = ("", "", "", default);
        (options.Protocol, options.AllowAdmin, options.AbortOnConnectFail, options.ConnectRetry) = (RedisProtocol.Resp2, true, true, 1);
        options.ClientName = $"{options.ClientName ?? "stratai"}-tracking-{instance}";
        return options;
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions options, CancellationToken cancellationToken)
    {
        var connecting = ConnectionMultiplexer.ConnectAsync(options);
        try
        {
            return await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = DisposeWhenConnectedAsync(connecting);
            throw;
        }
    }

    private static async Task DisposeWhenConnectedAsync(Task<ConnectionMultiplexer> connecting)
    {
        try
        {
            await (await connecting.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (RedisException)
        {
        }
    }

    private async Task BeginAsync(RedisNames names, string clientName, Action<RedisValue> receive)
    {
        var queue = await _multiplexer.GetSubscriber().SubscribeAsync(Reports).ConfigureAwait(false);
        queue.OnMessage(message => receive(message.Message));

        // A subscribed RESP2 connection cannot be asked for its number.
        var clients = (string?)await Server.ExecuteAsync("CLIENT", "LIST", "TYPE", "pubsub").ConfigureAwait(false) ?? "";
        var client = Array.Find(clients.Split('\n'), line => line.Contains($" name={clientName} ", StringComparison.Ordinal))
            ?? throw new RedisException("The subscription is not among the server's clients.");
        var id = long.Parse(client.AsSpan("id=".Length, client.IndexOf(' ', StringComparison.Ordinal) - "id=".Length), CultureInfo.InvariantCulture);
        await Server.ExecuteAsync("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", names.EntryPrefix, "PREFIX", names.Of(Records.Canaries(Instance))).ConfigureAwait(false);
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs failure)
    {
        _isBroken = true;
        _broken(this);
    }
}
