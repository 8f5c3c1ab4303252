using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using StratAI.Host.Database;
using StratAI.Host.Hosting;

namespace StratAI.Host.Features.Scaling;

internal static class ScalingSetup
{
    private const int FingerprintBytes = 8;

    public static void AddScaling(this WebApplicationBuilder builder, PartModes modes, MasterKey master, string keyPrefix)
    {
        var (services, bucket) = (builder.Services, builder.Configuration["Storage:S3:Bucket"]);
        services.AddSingleton(provider => new Instance
        {
            Name = provider.GetRequiredService<InstanceIdentity>().Name,
            Version = typeof(Instance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            PoolSize = provider.GetRequiredService<AppDatabase>().PoolSize,
            MemoryMode = PartModes.NameOf(modes.Memory),
            ObjectsMode = PartModes.NameOf(modes.Objects),
            MasterKey = Fingerprint(master.Derive("instances")),
            Bucket = modes.Objects ? Fingerprint(SHA256.HashData(Encoding.UTF8.GetBytes(bucket ?? ""))) : null,
        });
        services.AddSingleton<InstanceStore>();
        if (modes.Memory)
        {
            services.AddSingleton(provider => new RedisIdentity(provider.GetRequiredService<IConnectionMultiplexer>(), keyPrefix, provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton<Heartbeat>();
        services.AddHostedService(provider => provider.GetRequiredService<Heartbeat>());
    }

    private static string Fingerprint(byte[] key) => Convert.ToHexStringLower(key.AsSpan(0, FingerprintBytes));
}
