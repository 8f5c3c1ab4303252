using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StratAI.Caching.Locking;

namespace StratAI.Caching.Tests.Locking;

public sealed class MutexRegistrationTests
{
    [Theory]
    [InlineData(nameof(MutexOptions.Namespace), "a{b}")]
    [InlineData(nameof(MutexOptions.Lease), "00:00:00.0500000")]
    [InlineData(nameof(MutexOptions.DefaultTimeout), "-00:00:05")]
    [InlineData(nameof(MutexOptions.RedisTimeout), "00:00:00")]
    public async Task A_bad_option_fails_the_start_and_names_itself_and_its_value(string property, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new($"Mutex:{property}", value)]);
        builder.Services.Configure<MutexOptions>("named", builder.Configuration.GetSection("Mutex"));
        builder.Services.AddKeyedStratAIMutex("named");
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains($"MutexOptions 'named'.{property} is '{value}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_keyed_mutex_excludes_nobody_who_uses_another()
    {
        var services = new ServiceCollection().AddLogging().AddStratAIMutex().AddKeyedStratAIMutex("other");
        await using var provider = services.BuildServiceProvider();
        var (one, other) = (provider.GetRequiredService<IDistributedMutex>(), provider.GetRequiredKeyedService<IDistributedMutex>("other"));
        await using var held = await one.AcquireAsync("name");

        Assert.Null(await one.TryAcquireAsync("name"));
        await using var beside = await other.TryAcquireAsync("name");
        Assert.NotNull(beside);
    }
}
