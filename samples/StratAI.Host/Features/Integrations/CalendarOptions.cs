using Microsoft.Extensions.Options;

namespace StratAI.Host.Features.Integrations;

/// <summary><c>Integrations:Calendar</c>. Addresses come from here alone, never from a request or an answer.</summary>
internal sealed class CalendarOptions
{
    public const string Section = "Integrations:Calendar";

    /// <summary>The calendar service; <c>/events</c> is appended. Unset: there is no calendar.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>Where tokens are refreshed (RFC 6749, section 3.2).</summary>
    public Uri? TokenEndpoint { get; set; }

    /// <summary>This application's name there; unset: it has none.</summary>
    public string? ClientId { get; set; }

    /// <summary>Its password there, of a confidential client.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Longest time for one call to either, repetitions included.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What clients are told to wait, and the token endpoint is spared, after a failed refresh.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    public bool IsConfigured => BaseUrl is not null && TokenEndpoint is not null;
}

internal sealed class CalendarOptionsValidator : IValidateOptions<CalendarOptions>
{
    public ValidateOptionsResult Validate(string? name, CalendarOptions options)
    {
        var problems = new List<string>();
        Check(options.BaseUrl is null == options.TokenEndpoint is null, "BaseUrl and TokenEndpoint are set together, or neither");
        Check(IsSafe(options.BaseUrl), "BaseUrl must be an https address without a query; http is for loopback alone, as access tokens are sent to it");
        Check(IsSafe(options.TokenEndpoint), "TokenEndpoint must be an https address without a query; http is for loopback alone, as refresh tokens are sent to it");
        Check(options.ClientSecret is null || options.ClientId is not null, "ClientSecret needs a ClientId");
        Check(options.Timeout >= TimeSpan.FromMilliseconds(100) && options.Timeout <= TimeSpan.FromMinutes(1), "Timeout must be 100 ms to 1 minute");
        Check(options.RetryAfter >= TimeSpan.FromMilliseconds(100) && options.RetryAfter <= TimeSpan.FromMinutes(5), "RetryAfter must be 100 ms to 5 minutes");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool valid, string rule)
        {
            if (!valid)
            {
                problems.Add($"{CalendarOptions.Section}: {rule}.");
            }
        }
    }

    private static bool IsSafe(Uri? address) => address is null
        || (address.IsAbsoluteUri && address is { Query: "", Fragment: "", UserInfo: "" }
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)));
}
