using System.Globalization;

namespace StratAI.Caching.Redis;

/// <summary>The names of a cache's records in Redis, after the prefix that all share.</summary>
internal static class Records
{
    /// <summary>In place of a session's record where an invalidation belongs to none; never written.</summary>
    public const string NoSession = "w:";

    public static string Entry(string key) => "e:" + key;

    /// <summary>Who makes the value of the key, for all instances.</summary>
    public static string Lease(string key) => "l:" + key;

    /// <summary>What an instance changes to hear of it; see <see cref="ForeignWriterLink"/>.</summary>
    public static string Canary(string instance, long number) => string.Create(CultureInfo.InvariantCulture, $"{Canaries(instance)}{number}");

    /// <summary>What the canaries of one instance begin with.</summary>
    public static string Canaries(string instance) => $"c:{instance}:";

    /// <summary>The sequence of the session's last invalidation.</summary>
    public static string Session(string session) => NoSession + session;
}
