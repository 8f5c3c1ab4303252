using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StratAI.RateLimiting;
using StratAI.RateLimiting.Node;
using StratAI.Testing.Node;

// One instance of an application with the limiter in it, for tests over several processes. Settings and policies come as arguments. Told by a line of
// standard input what to take, it takes that and ends. It also ends with its standard input, so that it never outlives the test.
var configuration = new ConfigurationBuilder().AddCommandLine(args).Build();
var policies = configuration.GetSection("Policies").GetChildren().ToDictionary(policy => policy.Key, policy => policy.Get<RateLimitPolicy>()!);
var services = new ServiceCollection();
services.AddSingleton<TimeProvider>(new SkewedTime(configuration.GetValue("Clock", TimeSpan.Zero)));
services.AddStratAIRateLimiting(options =>
{
    configuration.Bind("RateLimiting", options);
    foreach (var (name, policy) in policies)
    {
        options.AddPolicy(name, policy);
    }
});

await using var provider = services.BuildServiceProvider();
var limiters = provider.GetRequiredService<IRateLimiters>();
// Takes nothing; but who says that it is ready is connected.
await limiters.AcquireAsync([.. policies.Keys.Select(name => new RateLimitCheck(name, "ready", Cost: 0))]);
Output.Write("ready");
if (await Console.In.ReadLineAsync() is { } line)
{
    // On a thread of its own, as the console reads synchronously whatever it is asked.
    var closed = Task.Run(Console.In.ReadLine);
    await await Task.WhenAny(new Taking(limiters).RunAsync(line), closed);
}
