using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;
using StratAI.Host.Database;
using StratAI.Host.Features.Documents;
using StratAI.Host.Features.Scaling;
using StratAI.Host.Security;
using StratAI.Pagination;
using StratAI.Storage.Imaging;

namespace StratAI.Host.Hosting;

/// <summary>
/// The one place that decides what is embedded and what is distributed. Each part switches by itself: the database by
/// <c>ConnectionStrings:Postgres</c>, what instances share in memory by <c>ConnectionStrings:Redis</c>, objects by <c>Storage:S3:Endpoint</c>.
/// </summary>
internal static class PartsSetup
{
    public static void AddParts(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var (postgres, redis) = (configuration.GetConnectionString("Postgres"), configuration.GetConnectionString("Redis"));
        var s3 = configuration["Storage:S3:Endpoint"];
        var modes = new PartModes(!string.IsNullOrWhiteSpace(postgres), !string.IsNullOrWhiteSpace(redis), !string.IsNullOrWhiteSpace(s3));

        // Held from here to the end of the process: what is opened below may already write to it.
        var folder = modes.Database && modes.Objects ? null : DataFolder.Open(configuration["Data:Folder"] ?? ".data");
        if (folder is not null)
        {
            services.AddSingleton(_ => folder);
        }

        var master = MasterKey.Load(configuration["MasterKey"], folder, shared: modes.Database || modes.Memory);
        builder.AddTokens(master);

        services.AddSingleton(modes);
        services.AddSingleton<InstanceIdentity>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => modes.Database
            ? AppDatabase.OpenPostgres(
                postgres!, provider.GetRequiredService<ILoggerFactory>(), configuration.GetValue<TimeSpan?>("Database:StatementTimeout"), provider.GetRequiredService<TimeProvider>())
            // Asked of the container, so that it gives the folder back after the database is closed.
            : AppDatabase.OpenSqlite(Path.Combine(provider.GetRequiredService<DataFolder>().Path, "stratai.db")));
        services.AddSingleton<Migrator>();

        // Deployments that share a Redis are told apart by it.
        var prefix = configuration["Redis:KeyPrefix"] is { Length: > 0 } given ? given : "host";
        if (modes.Memory)
        {
            var options = ConfigurationOptions.Parse(redis!);
            // A Redis that is down at start is no reason to stay down: each feature says what it does without.
            options.AbortOnConnectFail = false;
            // Its exceptions would tell of keys, and they are logged.
            options.IncludeDetailInExceptions = false;
            var multiplexer = new Lazy<IConnectionMultiplexer>(() => ConnectionMultiplexer.Connect(options));
            services.AddSingleton(_ => multiplexer.Value);
            services.AddDataProtection().SetApplicationName("stratai-host").PersistKeysToStackExchangeRedis(() => multiplexer.Value.GetDatabase(), $"{prefix}:data-protection");
        }
        else if (folder is not null)
        {
            services.AddDataProtection().SetApplicationName("stratai-host").PersistKeysToFileSystem(new(Path.Combine(folder.Path, "keys")));
        }

        services.AddStratAICaching(options =>
        {
            configuration.GetSection("Caching").Bind(options);
            options.Namespace = prefix;
        }).AddOutputCacheStore();
        services.AddStratAICoordinator(options =>
        {
            configuration.GetSection("Mutex").Bind(options);
            options.Namespace = $"{prefix}.mutex";
        });
        services.AddStratAIPagination(options => options.SigningKey = Convert.ToBase64String(master.Derive("cursors")))
            .CheckIndexesAtStart(
                modes.Database ? SqlDialect.PostgreSql : SqlDialect.Sqlite,
                (provider, cancellation) => provider.GetRequiredService<AppDatabase>().OpenAsync(cancellation),
                PagedTables.Register);
        services.AddSingleton<IVariantLock, SharedVariantLock>();
        services.AddStratAIStorage(options =>
        {
            configuration.GetSection("Storage").Bind(options);
            if (folder is not null)
            {
                options.FileSystem.Root = Path.Combine(folder.Path, "objects");
                options.FileSystem.SigningKey = Convert.ToBase64String(master.Derive("object-urls"));
            }
        }).AddImaging(options =>
        {
            configuration.GetSection("Images").Bind(options);
            options.Widths = DocumentImages.Widths;
        });
        builder.AddLimits(master, prefix);
        builder.AddScaling(modes, master, prefix);
    }
}

/// <summary>Which parts are distributed, the others being embedded. <paramref name="Memory"/>: cache, limits and whatever else instances share in memory.</summary>
internal sealed record PartModes(bool Database, bool Memory, bool Objects)
{
    /// <summary>What still holds the deployment to one instance, in words.</summary>
    public IReadOnlyList<string> Constraints =>
    [
        .. Database ? Array.Empty<string>() : ["the database is SQLite in the data folder: set ConnectionStrings:Postgres."],
        .. Memory ? Array.Empty<string>() : ["caches, limits, locks and chat streams live in the process: set ConnectionStrings:Redis."],
        .. Objects ? Array.Empty<string>() : ["objects are files in the data folder: set Storage:S3:Endpoint."],
    ];

    public static string NameOf(bool distributed) => distributed ? "distributed" : "embedded";
}
