using Microsoft.AspNetCore.Builder;
using StratAI.Host.Hosting;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Edge;

public sealed class SecretTests : IDisposable
{
    private const string Marker = "tr0ub4dor";

    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_of_the_folder_is_a_setting_and_wins()
    {
        File.WriteAllText(Path.Combine(_folder, "MasterKey"), "from a file\n");
        File.WriteAllText(Path.Combine(_folder, "Storage__S3__SecretKey"), "two words");
        var builder = Builder($"--Secrets:Folder={_folder}", "--MasterKey=from the command line");

        builder.AddSecrets();

        Assert.Equal("from a file", builder.Configuration["MasterKey"]);
        Assert.Equal("two words", builder.Configuration["Storage:S3:SecretKey"]);
    }

    /// <summary>There a file is a link to one in a folder whose name begins with dots, so that all of them change at once.</summary>
    [Fact]
    public void The_folder_may_be_a_secret_of_kubernetes()
    {
        var version = Directory.CreateDirectory(Path.Combine(_folder, "..2026_11_26"));
        File.WriteAllText(Path.Combine(version.FullName, "MasterKey"), "mounted");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), version.Name);
        File.CreateSymbolicLink(Path.Combine(_folder, "MasterKey"), "..data/MasterKey");
        var builder = Builder($"--Secrets:Folder={_folder}");

        builder.AddSecrets();

        Assert.Equal("mounted", builder.Configuration["MasterKey"]);
    }

    [Fact]
    public void A_folder_that_is_not_there_ends_the_start()
    {
        var missing = Path.Combine(_folder, "nowhere");
        var exception = Assert.Throws<StartupException>(() => Builder($"--Secrets:Folder={missing}").AddSecrets());
        Assert.Contains($"Secrets:Folder '{missing}' cannot be read", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConnectionStrings:Postgres", "Host=x;Password=a;tr0ub4dor=b")]
    [InlineData("ConnectionStrings:Postgres", "tr0ub4dor")]
    [InlineData("ConnectionStrings:Postgres", "Host=x;Port=tr0ub4dor")]
    [InlineData("ConnectionStrings:Postgres", "Host=x;SSL Mode=tr0ub4dor")]
    [InlineData("ConnectionStrings:Redis", "localhost:6379,password=a,tr0ub4dor=b")]
    [InlineData("ConnectionStrings:Redis", "localhost:6379,connectTimeout=tr0ub4dor")]
    [InlineData("ConnectionStrings:Redis", "localhost:6379,ssl=tr0ub4dor")]
    public void A_connection_string_that_cannot_be_read_is_named_and_not_shown(string name, string value)
    {
        var exception = Assert.Throws<StartupException>(() => Builder($"--{name}={value}").AddSecrets());

        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, exception.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The process from its start to its end: what it writes, wherever it fails.</summary>
    [Theory]
    [InlineData("MasterKey=tr0ub4dor")]
    [InlineData("Auth:SigningKey=tr0ub4dor")]
    [InlineData("ConnectionStrings:Redis=127.0.0.1:1,password=a,tr0ub4dor=b")]
    [InlineData("ConnectionStrings:Postgres=Host=127.0.0.1;Port=1;Username=u;Password=tr0ub4dor;Timeout=1", "MasterKey=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task A_start_that_fails_shows_no_secret(params string[] settings)
    {
        var given = settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        given["Data:Folder"] = _folder;

        var (exitCode, output, errors) = await HostCommand.RunAsync(given);

        Assert.Equal(1, exitCode);
        Assert.Contains("The host cannot start", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, output + errors, StringComparison.Ordinal);
    }

    private static WebApplicationBuilder Builder(params string[] arguments) => WebApplication.CreateBuilder(arguments);
}
