using Microsoft.Extensions.Options;

namespace StratAI.Pagination.Internal;

/// <summary>Names the bad property. Its value is a secret and stays out of the message.</summary>
internal sealed class PaginationOptionsValidator : IValidateOptions<PaginationOptions>
{
    private const int MinimumKeyLength = 32;
    private const int MaximumPreviousKeys = 8;

    public ValidateOptionsResult Validate(string? name, PaginationOptions options)
    {
        var failures = new List<string>();
        if (options.UsesDataProtection && (options.SigningKey is not null || options.PreviousSigningKeys.Count > 0))
        {
            failures.Add($"{nameof(PaginationOptions.SigningKey)} is set, but cursors are protected by data protection. Choose one.");
        }
        else if (options.SigningKey is { } signingKey)
        {
            Check(nameof(PaginationOptions.SigningKey), signingKey, failures);
        }
        else if (options.PreviousSigningKeys.Count > 0)
        {
            failures.Add($"{nameof(PaginationOptions.PreviousSigningKeys)} needs a {nameof(PaginationOptions.SigningKey)} beside it.");
        }

        if (options.PreviousSigningKeys.Count > MaximumPreviousKeys)
        {
            failures.Add(
                $"{nameof(PaginationOptions.PreviousSigningKeys)} holds {options.PreviousSigningKeys.Count} keys; at most {MaximumPreviousKeys} are kept.");
        }

        for (var i = 0; i < options.PreviousSigningKeys.Count; i++)
        {
            Check($"{nameof(PaginationOptions.PreviousSigningKeys)}[{i}]", options.PreviousSigningKeys[i], failures);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(string property, string? key, List<string> failures)
    {
        var bytes = new byte[key?.Length ?? 0];
        if (!Convert.TryFromBase64String(key ?? "", bytes, out var length))
        {
            failures.Add($"{property} is not base64.");
        }
        else if (length < MinimumKeyLength)
        {
            failures.Add($"{property} holds {length} bytes; a key has at least {MinimumKeyLength}.");
        }
    }
}
