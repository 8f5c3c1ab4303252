using System.Buffers;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace StratAI.RateLimiting.Internal;

internal sealed class RateLimitingOptionsValidator : IValidateOptions<RateLimitingOptions>
{
    private const int MaxPrefixLength = 64;
    private const int MinSecretLength = 16;
    private static readonly TimeSpan MaxDenial = TimeSpan.FromMinutes(1);

    // Visible ASCII but the braces, which end a Cluster hash tag.
    private static readonly SearchValues<char> PrefixChars =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c is not '{' and not '}')]);

    public ValidateOptionsResult Validate(string? name, RateLimitingOptions options)
    {
        var errors = new List<string>();
        if (options.KeyPrefix is not { Length: > 0 and <= MaxPrefixLength } prefix || prefix.AsSpan().ContainsAnyExcept(PrefixChars))
        {
            errors.Add($"KeyPrefix is '{options.KeyPrefix}'; it must be 1 to {MaxPrefixLength} visible ASCII characters without braces.");
        }

        // Neither the secret nor the configuration, which may hold a password, is ever repeated.
        if (options.KeyHashSecret is { Length: < MinSecretLength } secret)
        {
            errors.Add($"KeyHashSecret has {secret.Length} characters; it must have at least {MinSecretLength}, or be null.");
        }

        if (options.RedisTimeout < PolicyRules.MinTimeout || options.RedisTimeout > PolicyRules.MaxTimeout)
        {
            errors.Add($"RedisTimeout is {options.RedisTimeout}; it must be from {PolicyRules.MinTimeout} to {PolicyRules.MaxTimeout}.");
        }

        if (!string.IsNullOrWhiteSpace(options.Configuration) && !CanParse(options.Configuration))
        {
            errors.Add("Configuration is not a StackExchange.Redis configuration string with at least one endpoint.");
        }

        if (options.DenialCacheDuration < TimeSpan.Zero || options.DenialCacheDuration > MaxDenial)
        {
            errors.Add($"DenialCacheDuration is {options.DenialCacheDuration}; it must be from {TimeSpan.Zero} to {MaxDenial}.");
        }

        foreach (var (policyName, policy) in options.Policies)
        {
            if (!PolicyName.IsValid(policyName))
            {
                errors.Add($"Policies[{policyName}] has a name that is not {PolicyName.Rule}.");
            }

            PolicyRules.Check($"Policies[{policyName}]", policy, errors);
        }

        return errors.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(errors.Select(error => $"{nameof(RateLimitingOptions)}.{error}"));
    }

    private static bool CanParse(string configuration)
    {
        try
        {
            return ConfigurationOptions.Parse(configuration).EndPoints.Count > 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
