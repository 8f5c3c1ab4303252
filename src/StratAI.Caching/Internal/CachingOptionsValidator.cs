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
        Check(options.DefaultExpiration > TimeSpan.Zero && options.DefaultExpiration <= options.MaximumExpiration, options.DefaultExpiration,
            "must be more than zero and at most MaximumExpiration");
        Check(options.DefaultLocalExpiration is null || options.DefaultLocalExpiration > TimeSpan.Zero, options.DefaultLocalExpiration,
            "must be more than zero");
        Check(options.MaximumPayloadBytes is >= 1 and <= MaximumPayload, options.MaximumPayloadBytes, "must be 1 to 268435456 bytes");
        Check(options.MaximumKeyLength is >= 1 and <= 16_384, options.MaximumKeyLength, "must be 1 to 16384");
        Check(options.LocalCapacity is >= 3 and <= 100_000_000, options.LocalCapacity, "must be 3 to 100000000");
        Check(options.LocalCapacityBytes >= 1024, options.LocalCapacityBytes, "must be 1024 bytes or more");
        Check(Within(options.RedisTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)), options.RedisTimeout, "must be 1 ms to 1 minute");
        Check(Within(options.MaximumStaleness, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(5)), options.MaximumStaleness,
            "must be 500 ms to 5 minutes");
        CheckConfiguration();

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool valid, object? value, string rule, [CallerArgumentExpression(nameof(value))] string property = "")
        {
            if (!valid)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{Describe(name, property)} is '{value}': it {rule}."));
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
