using Npgsql;
using StackExchange.Redis;
using StratAI.Testing;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A deployment of the host in one of its shapes. All API tests run against each; tests share it, so every test makes users of its own.</summary>
public abstract class HostFixture : IAsyncLifetime
{
    private int _users;
    private int _deployments;

    /// <summary>The instance that tests talk to.</summary>
    public HostInstance Host { get; private set; } = null!;

    /// <summary>Another instance of the same deployment; the same one where only one can be.</summary>
    public HostInstance Other { get; private set; } = null!;

    /// <summary>The calendar service that every instance is configured with.</summary>
    public CalendarServer Calendar { get; private set; } = null!;

    public abstract bool IsDistributed { get; }

    /// <summary>What an instance of this deployment is started with.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; protected set; } = null!;

    /// <summary>A user nobody else has used, signed in at <see cref="Host"/>.</summary>
    public Task<ApiClient> NewUserAsync(string name = "user") => Host.SignInAsync($"{name}-{Interlocked.Increment(ref _users)}");

    /// <summary>
    /// Settings of a deployment apart from this one, with its database, limits, tokens and objects to itself. Instances with the same settings are one
    /// deployment.
    /// </summary>
    public Dictionary<string, string> SettingsApart(params (string Name, string Value)[] settings)
    {
        var apart = new Dictionary<string, string>(Settings);
        Separate(apart, Interlocked.Increment(ref _deployments));
        foreach (var (name, value) in settings)
        {
            apart[name] = value;
        }

        return apart;
    }

    public async Task InitializeAsync()
    {
        Calendar = await CalendarServer.StartAsync();
        (Host, Other) = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Other.DisposeAsync();
        await StopAsync();
        await Calendar.DisposeAsync();
    }

    protected abstract Task<(HostInstance Host, HostInstance Other)> StartAsync();

    protected abstract Task StopAsync();

    protected abstract void Separate(Dictionary<string, string> settings, int number);

    /// <summary>The key that tokens are signed with.</summary>
    public const string SigningKey = "a signing key of the tests, of 32 bytes or more";

    /// <summary>A user whom no limit stops, for tests that call everything.</summary>
    public const string BusyUser = "busy";

    /// <summary>Another, who asks until something has come about.</summary>
    public const string WaitingUser = "waiting";

    // All clients of the suite have one address, and nothing here is about the limit on it.
    protected Dictionary<string, string> CommonSettings() => new(Calendar.Settings())
    {
        ["Limits:Policies:ip:PermitLimit"] = "1000000",
        [$"Limits:Policies:user:Overrides:{BusyUser}:PermitLimit"] = "1000000",
        [$"Limits:Policies:user:Overrides:{WaitingUser}:PermitLimit"] = "1000000",
        [$"Limits:Policies:upload:Overrides:{BusyUser}:PermitLimit"] = "1000000",
        [$"Limits:Policies:chat:Overrides:{BusyUser}:PermitLimit"] = "1000000",
        ["Auth:SigningKey"] = SigningKey,
    };
}

/// <summary>Nothing configured: one instance on a data folder.</summary>
public sealed class EmbeddedHost : HostFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-host-").FullName;

    public override bool IsDistributed => false;

    public string DataFolder => _folder;

    protected override Task<(HostInstance Host, HostInstance Other)> StartAsync()
    {
        Settings = new Dictionary<string, string>(CommonSettings()) { ["Data:Folder"] = _folder };
        var host = new HostInstance(Settings);
        return Task.FromResult((host, host));
    }

    protected override void Separate(Dictionary<string, string> settings, int number) => settings["Data:Folder"] = Path.Combine(_folder, $"apart-{number}");

    protected override Task StopAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>Two instances on PostgreSQL, Redis and S3, with a database and a bucket of their own.</summary>
public class DistributedHost : HostFixture
{
    private readonly string _name;
    private readonly TestDatabases _databases;

    public DistributedHost() => _databases = new(_name = $"host_{Guid.NewGuid():N}");

    public override bool IsDistributed => true;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(Database) { Database = _name }.ConnectionString;

    protected virtual string Database => TestServers.Postgres;

    protected virtual string Redis => ConfigurationOptions.Parse(TestServers.Redis).ToString();

    protected override async Task<(HostInstance Host, HostInstance Other)> StartAsync()
    {
        await _databases.CreateAsync();
        Settings = NewSettings();
        return (new HostInstance(Settings), new HostInstance(Settings));
    }

    protected override void Separate(Dictionary<string, string> settings, int number)
    {
        settings["Redis:KeyPrefix"] = $"{_name}-{number}";
        settings["Storage:S3:Bucket"] += $"-{number}";
        settings["ConnectionStrings:Postgres"] = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = _databases.CreateApart(number) }.ConnectionString;
    }

    protected override Task StopAsync()
    {
        _databases.Drop();
        return Task.CompletedTask;
    }

    private Dictionary<string, string> NewSettings() => new(CommonSettings())
    {
        ["ConnectionStrings:Postgres"] = ConnectionString,
        ["ConnectionStrings:Redis"] = Redis,
        ["Storage:S3:Endpoint"] = TestServers.S3Endpoint,
        ["Storage:S3:AccessKey"] = TestServers.S3AccessKey,
        ["Storage:S3:SecretKey"] = TestServers.S3SecretKey,
        ["Storage:S3:Bucket"] = _name.Replace('_', '-'),
        ["Storage:S3:CreateBucket"] = "true",
        ["Redis:KeyPrefix"] = _name,
        // A busy machine must not turn a test into one of an outage.
        ["Limits:RedisTimeout"] = "00:00:10",
        ["MasterKey"] = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)),
    };
}

[CollectionDefinition(Name)]
public sealed class EmbeddedShape : ICollectionFixture<EmbeddedHost>
{
    public const string Name = "embedded";
}

[CollectionDefinition(Name)]
public sealed class DistributedShape : ICollectionFixture<DistributedHost>
{
    public const string Name = "distributed";
}
