namespace StratAI.Testing;

/// <summary>
/// Addresses of the real servers: environment variables first, then the file that <c>eng/services</c> writes. A missing server fails the test
/// that needs it; it never skips.
/// </summary>
public static class TestServers
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Started = new(ReadFile);

    /// <summary>A StackExchange.Redis configuration string.</summary>
    public static string Redis => Get("STRATAI_REDIS");

    /// <summary>An Npgsql connection string of a superuser, database <c>postgres</c>; tests make databases of their own.</summary>
    public static string Postgres => Get("STRATAI_POSTGRES");

    /// <summary>The same server through PgBouncer in transaction mode; any database by name.</summary>
    public static string PgBouncer => Get("STRATAI_PGBOUNCER");

    /// <summary>Base address of the S3 server, such as <c>http://127.0.0.1:9000</c>.</summary>
    public static string S3Endpoint => Get("STRATAI_S3_ENDPOINT");

    public static string S3AccessKey => Get("STRATAI_S3_ACCESS_KEY");

    public static string S3SecretKey => Get("STRATAI_S3_SECRET_KEY");

    /// <summary>The folder of the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static string Get(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value
        : Started.Value.TryGetValue(name, out value!) ? value
        : throw new InvalidOperationException($"{name} is not set: start the servers with 'eng/services start', or run './test'.");

    private static Dictionary<string, string> ReadFile()
    {
        var path = Path.Combine(RepositoryRoot, ".services", "env");
        return File.Exists(path)
            ? File.ReadLines(path).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1])
            : [];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StratAI.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("StratAI.sln was not found above the test's folder.");
    }
}
