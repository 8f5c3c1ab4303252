using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace StratAI.Shared.Redis;

/// <summary>
/// The one connection a package uses: the application's own multiplexer when it registered one, else a multiplexer made from
/// <c>configuration</c> on first use and disposed with this object.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly Lazy<Task<IConnectionMultiplexer>> _multiplexer;
    private readonly bool _owned;

    private RedisConnection(Func<Task<IConnectionMultiplexer>> connect, bool owned)
    {
        _multiplexer = new(connect);
        _owned = owned;
    }

    /// <summary>The connection to use, or <see langword="null"/> when nothing names a server: the package then runs embedded.</summary>
    public static RedisConnection? Resolve(IServiceProvider services, string? configuration)
    {
        if (!string.IsNullOrWhiteSpace(configuration))
        {
            var options = ConfigurationOptions.Parse(configuration);
            // A server that is down at start-up must not fail the start; the multiplexer keeps trying in the background.
            options.AbortOnConnectFail = false;
            return new(async () => await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false), owned: true);
        }

        return services.GetService<IConnectionMultiplexer>() is { } shared ? For(shared) : null;
    }

    public static RedisConnection For(IConnectionMultiplexer multiplexer) => new(() => Task.FromResult(multiplexer), owned: false);

    public ValueTask<IConnectionMultiplexer> GetMultiplexerAsync() => new(_multiplexer.Value);

    /// <summary>The database; completes synchronously once connected.</summary>
    public ValueTask<IDatabase> GetDatabaseAsync()
    {
        var connecting = _multiplexer.Value;
        return connecting.IsCompletedSuccessfully ? new(connecting.Result.GetDatabase()) : Await(connecting);

        static async ValueTask<IDatabase> Await(Task<IConnectionMultiplexer> connecting) => (await connecting.ConfigureAwait(false)).GetDatabase();
    }

    public async ValueTask DisposeAsync()
    {
        if (_owned && _multiplexer.IsValueCreated)
        {
            await (await _multiplexer.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
