using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace StratAI.Caching.Locking.Internal;

internal sealed class MutexOptionsValidator : IValidateOptions<MutexOptions>
{
    public ValidateOptionsResult Validate(string? name, MutexOptions options)
    {
        var problems = new List<string>();

        Check(options.Namespace is { Length: >= 1 and <= 64 } && options.Namespace.All(IsNamespaceCharacter), options.Namespace,
            "must be 1-64 letters, digits, '.', '_' or '-'");
        Check(options.Lease >= TimeSpan.FromMilliseconds(100) && options.Lease <= TimeSpan.FromHours(1), options.Lease, "must be 100 ms to 1 hour");
        Check(WaitLimit.IsValid(options.DefaultTimeout), options.DefaultTimeout, "must be zero to 24 days, or infinite");
        Check(options.RedisTimeout >= TimeSpan.FromMilliseconds(1) && options.RedisTimeout <= TimeSpan.FromMinutes(1), options.RedisTimeout,
            "must be 1 ms to 1 minute");
        Check(Enum.IsDefined(options.Outage), options.Outage, "must be Refuse or Local");
        if (!IsConfiguration(options.Configuration))
        {
            // Neither the value nor the parser's message is repeated: both may hold the password.
            problems.Add($"{Describe("options.Configuration")} is not a StackExchange.Redis configuration string.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool valid, object? value, string rule, [CallerArgumentExpression(nameof(value))] string property = "")
        {
            if (!valid)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{Describe(property)} is '{value}': it {rule}."));
            }
        }

        string Describe(string property) => $"MutexOptions{(string.IsNullOrEmpty(name) ? "" : $" '{name}'")}.{property["options.".Length..]}";
    }

    private static bool IsConfiguration(string? configuration)
    {
        try
        {
            return string.IsNullOrWhiteSpace(configuration) || ConfigurationOptions.Parse(configuration) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsNamespaceCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';
}
