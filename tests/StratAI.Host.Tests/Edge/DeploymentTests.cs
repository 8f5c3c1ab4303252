using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StratAI.Host.Edge;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Integrations;
using StratAI.Host.Hosting;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;
using YamlDotNet.RepresentationModel;

namespace StratAI.Host.Tests.Edge;

/// <summary>The files of <c>deploy/</c> against the host that they deploy.</summary>
[Collection(EmbeddedShape.Name)]
public sealed partial class DeploymentTests(EmbeddedHost host)
{
    private const int Port = 8080;
    private const int Margin = 5;

    private static readonly string[] Foreign = ["ASPNETCORE_", "DOTNET_", "OTEL_"];

    [Theory]
    [InlineData("compose")]
    [InlineData("kubernetes")]
    public void Every_setting_is_one_that_the_host_reads(string deployment)
    {
        var settings = (deployment == "compose" ? DeploymentFiles.ComposeSettings() : DeploymentFiles.KubernetesSettings())
            .Where(setting => !Foreign.Any(prefix => setting.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => setting.Value);
        Assert.NotEmpty(settings);

        var (app, read) = Configure(settings);
        using (app)
        {
            Assert.All(settings.Keys, name => Assert.Contains(name, read.Names.Keys));
            var modes = app.Services.GetRequiredService<PartModes>();
            Assert.True(modes is { Database: true, Memory: true, Objects: true }, "It holds the deployment to one instance.");
        }
    }

    [Fact]
    public void Instances_are_given_the_time_they_need_to_end()
    {
        var (app, _) = Configure(DeploymentFiles.ComposeSettings().ToDictionary(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => setting.Value));
        using (app)
        {
            var limit = (int)app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.TotalSeconds;
            var pod = DeploymentFiles.Deployment.At("spec", "template", "spec");
            var pause = DeploymentFiles.Container.Number("lifecycle", "preStop", "sleep", "seconds");
            Assert.InRange(pod.Number("terminationGracePeriodSeconds"), pause + limit + Margin, int.MaxValue);
            Assert.InRange(int.Parse(DeploymentFiles.Compose.Text("services", "host-1", "stop_grace_period").TrimEnd('s'), null), limit + Margin, int.MaxValue);
        }
    }

    [Fact]
    public async Task Probes_ask_for_what_there_is()
    {
        using var http = host.Host.Anonymous();
        var probes = new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(name => DeploymentFiles.Container.Text(name, "httpGet", "path"));
        var check = HealthCheck().Match(Read("haproxy.cfg")).Groups[1].Value;

        foreach (var path in probes.Append(check).Distinct())
        {
            using var response = await http.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        }

        Assert.Equal(("/health/ready", "/health/ready"), (DeploymentFiles.Container.Text("readinessProbe", "httpGet", "path"), check));
    }

    [Fact]
    public void Ports_names_and_networks_agree()
    {
        var container = DeploymentFiles.Container;
        Assert.Equal(Port, container.List("ports").Single().Number("containerPort"));
        Assert.Contains($"<ContainerPort Include=\"{Port}\"", File.ReadAllText(Path.Combine(TestServers.RepositoryRoot, "samples", "StratAI.Host", "StratAI.Host.csproj")), StringComparison.Ordinal);

        var balanced = DeploymentFiles.Compose.At("services", "load-balancer", "environment").Texts().ToDictionary();
        var cluster = File.ReadAllText(Path.Combine(TestServers.RepositoryRoot, "eng", "cluster"));
        foreach (var variable in Variable().Matches(Read("haproxy.cfg")).Select(match => match.Groups[1].Value).Distinct())
        {
            Assert.Contains($"{variable}=", cluster, StringComparison.Ordinal);
            if (variable.StartsWith("HOST_", StringComparison.Ordinal))
            {
                Assert.Contains(DeploymentFiles.Compose.At("services"), service => $"{service.Key}:{Port}" == balanced[variable]);
            }
        }

        Assert.Equal(
            DeploymentFiles.Compose.At("networks", "edge", "ipam").List("config").Single().Text("subnet"),
            DeploymentFiles.ComposeSettings()["Proxy__Networks"]);
    }

    [Fact]
    public void Everything_of_kubernetes_is_applied_and_means_the_same_pods()
    {
        var files = Directory.GetFiles(Path.Combine(DeploymentFiles.Root, "kubernetes")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        var applied = DeploymentFiles.Load("kubernetes/kustomization.yaml").Names("resources").Concat(["kustomization.yaml", "secret.example.yaml"]);
        Assert.Equal(files, applied.Order(StringComparer.Ordinal));

        var pod = DeploymentFiles.Deployment.At("spec", "template", "metadata", "labels");
        Assert.Equal(pod, DeploymentFiles.Deployment.At("spec", "selector", "matchLabels"));
        Assert.Equal(pod, DeploymentFiles.Load("kubernetes/service.yaml").At("spec", "selector"));
        Assert.Equal(pod, DeploymentFiles.Load("kubernetes/disruption-budget.yaml").At("spec", "selector", "matchLabels"));
        Assert.Equal(pod, DeploymentFiles.Load("kubernetes/network-policy.yaml").At("spec", "podSelector", "matchLabels"));

        var (name, secret) = (DeploymentFiles.Deployment.Text("metadata", "name"), DeploymentFiles.Load("kubernetes/secret.example.yaml").Text("metadata", "name"));
        Assert.Equal(name, DeploymentFiles.Load("kubernetes/autoscaler.yaml").Text("spec", "scaleTargetRef", "name"));
        Assert.Contains(DeploymentFiles.Deployment.At("spec", "template", "spec").List("volumes"), volume => volume.Children.ContainsKey("secret") && volume.Text("secret", "secretName") == secret);
        Assert.Contains(DeploymentFiles.Container.List("volumeMounts"), mount => mount.Text("mountPath") == DeploymentFiles.KubernetesSettings()["Secrets__Folder"]);
    }

    [Fact]
    public void No_file_holds_a_secret()
    {
        var open = DeploymentFiles.Compose.At("services", "host-1", "environment").Texts().Concat(DeploymentFiles.Load("kubernetes/configuration.yaml").At("data").Texts());
        Assert.DoesNotContain(open, setting => SecretName().IsMatch(setting.Key));
        Assert.All(DeploymentFiles.Load("kubernetes/secret.example.yaml").At("stringData").Texts(), secret => Assert.Equal("REPLACE", secret.Value));
        Assert.All(DeploymentFiles.Compose.At("secrets").Cast<KeyValuePair<YamlNode, YamlNode>>(), secret => Assert.StartsWith("./secrets/", ((YamlMappingNode)secret.Value).Text("file"), StringComparison.Ordinal));
        Assert.Contains("deploy/secrets/", File.ReadAllLines(Path.Combine(TestServers.RepositoryRoot, ".gitignore")));
    }

    /// <summary>The host as Program makes it, up to its start, outside Development.</summary>
    private static (WebApplication App, ReadSettings Read) Configure(Dictionary<string, string> settings)
    {
        var known = new Dictionary<string, string>
        {
            ["ConnectionStrings:Postgres"] = "Host=127.0.0.1;Port=1",
            ["ConnectionStrings:Redis"] = "127.0.0.1:1",
            ["MasterKey"] = Convert.ToBase64String(new byte[32]),
            ["Auth:SigningKey"] = HostFixture.SigningKey,
            ["Storage:S3:AccessKey"] = "key",
            ["Storage:S3:SecretKey"] = "secret",
            ["Storage:S3:PublicEndpoint"] = "http://localhost:8333",
            ["Secrets:Folder"] = AppContext.BaseDirectory + "deployment-secrets",
        };
        Directory.CreateDirectory(known["Secrets:Folder"]);
        var read = new ReadSettings(settings.ToDictionary(setting => setting.Key, setting => known.GetValueOrDefault(setting.Key, setting.Value)));

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = Environments.Production,
            ContentRootPath = Path.Combine(TestServers.RepositoryRoot, "samples", "StratAI.Host"),
        });
        builder.Configuration.Sources.Add(read);
        builder.AddSecrets();
        builder.AddEdge();
        builder.AddParts();
        builder.AddApi();
        builder.AddChat();
        builder.AddIntegrations();
        var app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        return (app, read);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(DeploymentFiles.Root, file));

    [GeneratedRegex(@"uri (\S+)")]
    private static partial Regex HealthCheck();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex("Key|Password|Secret__|SecretKey|ConnectionStrings|Token")]
    private static partial Regex SecretName();
}
