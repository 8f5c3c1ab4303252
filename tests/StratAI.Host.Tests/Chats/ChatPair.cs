using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.Host.Features.Chat.Log;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Chats;

/// <summary>Two instances whose model says what a test makes it say; one and the same where only one can be.</summary>
public abstract class ChatPair(HostFixture fixture) : IAsyncLifetime
{
    private readonly FakeTimeProvider _timeOfLog = new();
    private int _users;

    public ScriptedModel Model { get; } = new();

    public HostInstance One { get; private set; } = null!;

    public HostInstance Two { get; private set; } = null!;

    public bool IsDistributed => fixture.IsDistributed;

    public Dictionary<string, string> Settings { get; private set; } = null!;

    public Task InitializeAsync()
    {
        Settings = fixture.SettingsApart(("Limits:Policies:user:PermitLimit", "100000"), ("Limits:Policies:chat:PermitLimit", "100000"), ("Chat:DrainTime", "00:00:00.5"));
        One = Start();
        Two = IsDistributed ? Start() : One;
        return Task.CompletedTask;
    }

    public HostInstance Start(params (string Name, string Value)[] settings) => new(
        new Dictionary<string, string>(Settings.Concat(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).GroupBy(setting => setting.Key).Select(group => group.Last())),
        builder =>
        {
            Model.Use(builder);
            if (!IsDistributed)
            {
                builder.ConfigureTestServices(services => services.AddSingleton<IChatLog>(new LocalChatLog(_timeOfLog)));
            }
        });

    /// <summary>The log of an answer is no longer kept.</summary>
    public async Task ForgetAsync(Guid answer)
    {
        _timeOfLog.Advance(TimeSpan.FromMinutes(11));
        if (IsDistributed)
        {
            var redis = One.Services.GetRequiredService<IConnectionMultiplexer>();
            Assert.True(await redis.GetDatabase().KeyDeleteAsync($"{Settings["Redis:KeyPrefix"]}:chat:{{{answer}}}"));
        }
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
    }

    /// <summary>A user nobody else has used, at both instances.</summary>
    public async Task<(ApiClient Here, ApiClient There)> NewUserAsync()
    {
        var name = $"pair-{Interlocked.Increment(ref _users)}";
        return (await One.SignInAsync(name), await Two.SignInAsync(name));
    }
}

public sealed class EmbeddedPair(EmbeddedHost fixture) : ChatPair(fixture);

public sealed class DistributedPair(DistributedHost fixture) : ChatPair(fixture);

public sealed class PooledPair(PooledHost fixture) : ChatPair(fixture);

public sealed class SentinelPair(SentinelHost fixture) : ChatPair(fixture);

public sealed class ClusterPair(ClusterHost fixture) : ChatPair(fixture);
