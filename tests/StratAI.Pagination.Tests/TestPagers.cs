using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Pagination.Tests;

internal static class TestPagers
{
    /// <summary>Bytes 1 to 32: the key of the golden cursors.</summary>
    public const string Key = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    public const string OtherKey = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

    public static PageScope Scope { get; } = new("items", "ada", "status=todo");

    /// <summary>A pager as another process would have it: made anew, from configuration alone.</summary>
    public static Pager Create(string key = Key, params string[] previousKeys) => new ServiceCollection()
        .AddStratAIPagination(options =>
        {
            options.SigningKey = key;
            foreach (var previous in previousKeys)
            {
                options.PreviousSigningKeys.Add(previous);
            }
        })
        .Services.BuildServiceProvider().GetRequiredService<Pager>();
}
