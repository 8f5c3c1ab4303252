using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace StratAI.Caching.Internal;

internal sealed class CachingOptionsValidator : IValidateOptions<CachingOptions>
{
    private const long MaximumPayload = 256L * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, CachingOptions options)
    {
        var problems = new List<string>();

        Check(options.Namespace is { Length: >= 1 and <= 64 } && options.Namespace.All(IsNamespaceCharacter), options.Namespace,
            "must be 1-64 letters, digits, '.', '_' or '-'");
        Check(options.SchemaVersion >= 0, options.SchemaVersion, "must be 0 or more");
        Check(Within(options.MaximumExpiration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)), options.MaximumExpiration,
            "must be 1 second to 365 days");
        Check(options.MaximumPayloadBytes is >= 1 and <= MaximumPayload, options.MaximumPayloadBytes, "must be 1 to 268435456 bytes");
        Check(options.MaximumKeyLength is >= 1 and <= 16_384, options.MaximumKeyLength, "must be 1 to 16384");
        Check(options.LocalCapacity is >= 3 and <= 100_000_000, options.LocalCapacity, "must be 3 to 100000000");
        Check(options.LocalCapacityBytes >= 1024, options.LocalCapacityBytes, "must be 1024 bytes or more");
        Check(Within(options.RedisTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)), options.RedisTimeout, "must be 1 ms to 1 minute");
        Check(Within(options.MaximumStaleness, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(5)), options.MaximumStaleness,
            "must be 500 ms to 5 minutes");
        Check(Within(options.FactoryLease, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)), options.FactoryLease, "must be 100 ms to 5 minutes");
        Check(Within(options.FactoryWait, TimeSpan.Zero, TimeSpan.FromMinutes(10)), options.FactoryWait, "must be zero to 10 minutes");
        Check(options.CompressionThreshold is null or >= 0, options.CompressionThreshold, "must be 0 or more");
        Check(options.CoherenceSampling is >= 0 and <= 1, options.CoherenceSampling, "must be 0 to 1");
        CheckProfile("Default", options.Default);
        foreach (var (profileName, profile) in options.Profiles)
        {
            CheckProfile($"Profiles:{profileName}", profile);
        }

        CheckConfiguration();

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool valid, object? value, string rule, [CallerArgumentExpression(nameof(value))] string property = "")
        {
            if (!valid)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{Describe(name, property)} is '{value}': it {rule}."));
            }
        }

        void CheckProfile(string path, CacheProfile profile)
        {
            CheckSetting(profile.Expiration is null || (profile.Expiration > TimeSpan.Zero && profile.Expiration <= options.MaximumExpiration),
                profile.Expiration, "must be more than zero and at most MaximumExpiration");
            CheckSetting(profile.LocalExpiration is null || profile.LocalExpiration > TimeSpan.Zero, profile.LocalExpiration, "must be more than zero");
            CheckSetting(profile.FailSafe is null || Within(profile.FailSafe.Value, TimeSpan.Zero, TimeSpan.FromDays(30)), profile.FailSafe, "must be zero to 30 days");
            CheckSetting(profile.SoftTimeout is null || profile.SoftTimeout > TimeSpan.Zero, profile.SoftTimeout, "must be more than zero");
            CheckSetting(profile.HardTimeout is null || profile.HardTimeout > TimeSpan.Zero, profile.HardTimeout, "must be more than zero");
            CheckSetting(profile.EagerRefresh is null or (> 0 and < 1), profile.EagerRefresh, "must be more than 0 and less than 1");
            CheckSetting(profile.Jitter is null or (>= 0 and <= 0.5), profile.Jitter, "must be 0 to 0.5");

            void CheckSetting(bool valid, object? value, string rule, [CallerArgumentExpression(nameof(value))] string property = "")
            {
                if (!valid)
                {
                    problems.Add(string.Create(CultureInfo.InvariantCulture,
                        $"{Describe(name, $"options.{path}:{property["profile.".Length..]}")} is '{value}': it {rule}."));
                }
            }
        }

        void CheckConfiguration()
        {
            if (string.IsNullOrWhiteSpace(options.Configuration))
            {
                return;
            }

            try
            {
                ConfigurationOptions.Parse(options.Configuration);
            }
            catch (ArgumentException)
            {
                // Neither the value nor the parser's message is repeated: both may hold the password.
                problems.Add($"{Describe(name, "options.Configuration")} is not a StackExchange.Redis configuration string.");
            }
        }
    }

    private static string Describe(string? name, string property) =>
        $"CachingOptions{(string.IsNullOrEmpty(name) ? "" : $" '{name}'")}.{property["options.".Length..]}";

    private static bool Within(TimeSpan value, TimeSpan least, TimeSpan most) => value >= least && value <= most;

    private static bool IsNamespaceCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';
}
