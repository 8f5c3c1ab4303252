using System.Text.RegularExpressions;
using StratAI.Testing;

namespace StratAI.Host.Tests.Edge;

/// <summary>Where the host and its packages call others, and send clients elsewhere: at the places named here, to addresses of the configuration.</summary>
public sealed partial class OutgoingTests
{
    // Each names its address's setting in docs/host.md, "Outgoing addresses".
    private static readonly string[] Callers =
    [
        "samples/StratAI.Host/Features/Chat/Providers/ModelHttp.cs",
        "samples/StratAI.Host/Features/Documents/ClamAvScanner.cs",
        "samples/StratAI.Host/Features/Integrations/IntegrationSetup.cs",
        "samples/StratAI.Host/Security/TokenSetup.cs",
        "src/StratAI.Storage/Doctor/Patient.cs",
        "src/StratAI.Storage/S3/S3Connection.cs",
    ];

    // Its handler is S3Connection's.
    private static readonly string[] Borrowers = ["src/StratAI.Storage/S3/SdkGateway.cs"];

    // To a signed URL of the configured object store.
    private static readonly string[] Redirects = ["src/StratAI.Storage/ObjectRedirectResult.cs"];

    [Fact]
    public void Others_are_called_at_the_places_that_are_named()
    {
        var found = Sources().Where(file => Call().IsMatch(file.Text)).Select(file => file.Path).Except(Borrowers);
        Assert.Equal(Callers, found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_caller_follows_a_redirect()
    {
        var following = Sources().Where(file => Handler().Count(file.Text) != NoRedirect().Count(file.Text)).Select(file => file.Path);
        Assert.Empty(following);
    }

    [Fact]
    public void Clients_are_redirected_to_the_object_store_alone()
    {
        var found = Sources().Where(file => Redirect().IsMatch(file.Text)).Select(file => file.Path);
        Assert.Equal(Redirects, found);
    }

    private static IEnumerable<(string Path, string Text)> Sources() =>
        from folder in new[] { "samples/StratAI.Host", "src" }
        from file in Directory.EnumerateFiles(Path.Combine(TestServers.RepositoryRoot, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(TestServers.RepositoryRoot, file).Replace('\\', '/')
        where !path.Split('/').Any(part => part is "bin" or "obj")
        select (path, Comment().Replace(File.ReadAllText(file), ""));

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    // A client's own, a factory's, or a handler or socket below either.
    [GeneratedRegex(@"new HttpClient\(|HttpClient _\w+ = new|_http = new\(|\.AddHttpClient\(|\bnew (SocketsHttpHandler|HttpClientHandler|TcpClient|Socket)\b|\bSocketsHttpHandler _\w+;")]
    private static partial Regex Call();

    [GeneratedRegex(@"\bnew (SocketsHttpHandler|HttpClientHandler)\b|\bSocketsHttpHandler _\w+;")]
    private static partial Regex Handler();

    [GeneratedRegex(@"\bAllowAutoRedirect = false\b")]
    private static partial Regex NoRedirect();

    [GeneratedRegex(@"\bResults\.(Local|Permanent)?Redirect|\.Redirect\(|Status30[1278]|StatusCode = 30[1278]")]
    private static partial Regex Redirect();
}
