using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;
using StratAI.Caching;
using StratAI.Caching.Locking;
using StratAI.Caching.Node;
using StratAI.Testing.Node;

// One instance of an application with the cache in it, for tests over several processes. Settings come as arguments; commands by standard input, one a
// line, see Commands. It ends with its standard input, so that it never outlives the test.
var configuration = new ConfigurationBuilder().AddCommandLine(args).Build();
var services = new ServiceCollection();
services.AddLogging();
services.AddMetrics();
services.AddSingleton<TimeProvider>(new SkewedTime(configuration.GetValue("Clock", TimeSpan.Zero)));
services.AddOptions<CachingOptions>().Bind(configuration.GetSection("Caching"));
services.AddStratAICaching();
services.AddOptions<MutexOptions>().Bind(configuration.GetSection("Mutex"));
services.AddStratAIMutex();
services.AddHealthChecks().AddStratAICaching();

await using var provider = services.BuildServiceProvider();
await using var redis = await ConnectionMultiplexer.ConnectAsync(configuration["Caching:Configuration"]!);
var cache = provider.GetRequiredService<HybridCache>();
var health = provider.GetRequiredService<HealthCheckService>();
while ((await health.CheckHealthAsync()).Status != HealthStatus.Healthy)
{
    // Not a synchronisation: the state is what is waited for.
    await Task.Delay(10);
}

var space = configuration["Caching:Namespace"]!;
var mutexes = new MutexCommands(provider.GetRequiredService<IDistributedMutex>(), redis.GetDatabase(), space);
var commands = new Commands(cache, mutexes, redis.GetDatabase(), space, Environment.ProcessId);
Output.Write("ready");
while (await Console.In.ReadLineAsync() is { } line)
{
    _ = commands.RunAsync(line);
}
