namespace StratAI.Host.Edge;

internal static class SettingLists
{
    /// <summary>A list of the configuration: an array, or one text with commas, which the environment is better at.</summary>
    public static string[] GetList(this IConfiguration configuration, string name)
    {
        var section = configuration.GetSection(name);
        return [.. section.GetChildren().Select(item => item.Value).Prepend(section.Value)
            .SelectMany(text => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }
}
