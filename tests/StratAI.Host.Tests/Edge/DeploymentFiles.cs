using StratAI.Testing;
using YamlDotNet.RepresentationModel;

namespace StratAI.Host.Tests.Edge;

/// <summary>The files of <c>deploy/</c>, as a container of the host would see them.</summary>
internal static class DeploymentFiles
{
    public static string Root { get; } = Path.Combine(TestServers.RepositoryRoot, "deploy");

    public static YamlMappingNode Compose { get; } = Load("compose.yaml");

    public static YamlMappingNode Deployment { get; } = Load("kubernetes/deployment.yaml");

    public static YamlMappingNode Container => Deployment.At("spec", "template", "spec").List("containers").Single();

    /// <summary>What an instance is configured with, by compose: the environment, and the files that are mounted as its secrets, without their values.</summary>
    public static Dictionary<string, string> ComposeSettings()
    {
        var host = Compose.At("services", "host-1");
        return host.At("environment").Texts().Concat(host.Names("secrets").Select(name => KeyValuePair.Create(name, ""))).ToDictionary();
    }

    /// <summary>The same by Kubernetes, of the configuration map and of the secret that is to be made.</summary>
    public static Dictionary<string, string> KubernetesSettings() => Load("kubernetes/configuration.yaml").At("data").Texts()
        .Concat(Container.List("env").Select(variable => KeyValuePair.Create(variable.Text("name"), variable.Text("value"))))
        .Concat(Load("kubernetes/secret.example.yaml").At("stringData").Texts().Select(secret => KeyValuePair.Create(secret.Key, "")))
        .ToDictionary();

    public static YamlMappingNode Load(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(File.OpenText(Path.Combine(Root, file)));
        return (YamlMappingNode)Assert.Single(yaml.Documents).RootNode;
    }

    public static YamlMappingNode At(this YamlMappingNode node, params string[] path) => path.Aggregate(node, (at, name) => (YamlMappingNode)at[name]);

    public static string Text(this YamlMappingNode node, params string[] path) => ((YamlScalarNode)node.At(path[..^1])[path[^1]]).Value!;

    public static int Number(this YamlMappingNode node, params string[] path) => int.Parse(node.Text(path), System.Globalization.CultureInfo.InvariantCulture);

    public static IEnumerable<YamlMappingNode> List(this YamlMappingNode node, string name) => ((YamlSequenceNode)node[name]).Cast<YamlMappingNode>();

    public static IEnumerable<string> Names(this YamlMappingNode node, string name) => ((YamlSequenceNode)node[name]).Select(item => ((YamlScalarNode)item).Value!);

    public static IEnumerable<KeyValuePair<string, string>> Texts(this YamlMappingNode node) =>
        node.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, ((YamlScalarNode)pair.Value).Value!));
}
