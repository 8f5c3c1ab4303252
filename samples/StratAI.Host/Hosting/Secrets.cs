using Npgsql;
using StackExchange.Redis;

namespace StratAI.Host.Hosting;

/// <summary>
/// Settings from files: with <c>Secrets:Folder</c> set, each file in it is a setting, its name that of the environment variable, such as
/// <c>ConnectionStrings__Postgres</c>, and its text the value. Files win over everything else.
/// </summary>
internal static class Secrets
{
    /// <exception cref="StartupException">The folder is not there or cannot be read, or a connection string is none.</exception>
    public static void AddSecrets(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Secrets:Folder"] is { Length: > 0 } given)
        {
            var folder = Path.GetFullPath(given);
            try
            {
                builder.Configuration.AddKeyPerFile(folder, optional: false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new StartupException($"Secrets:Folder '{folder}' cannot be read: {exception.Message}");
            }
        }

        // Read here and thrown away: parsers quote what they cannot read, and a piece of it may be one of the password.
        Check(builder.Configuration, "Postgres", text => new NpgsqlConnectionStringBuilder(text), "Host=…;Username=…;Password=…;Database=…");
        Check(builder.Configuration, "Redis", text => ConfigurationOptions.Parse(text), "host:6379,password=…");
    }

    private static void Check(IConfiguration configuration, string name, Func<string, object> parse, string example)
    {
        if (configuration.GetConnectionString(name) is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        try
        {
            parse(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException or NotSupportedException or OverflowException or KeyNotFoundException)
        {
            throw new StartupException($"ConnectionStrings:{name} is no connection string, such as '{example}'. What it is instead is not shown, as it may hold a password.");
        }
    }
}
