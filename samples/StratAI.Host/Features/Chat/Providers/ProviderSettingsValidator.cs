using Microsoft.Extensions.Options;

namespace StratAI.Host.Features.Chat.Providers;

internal abstract class ProviderSettingsValidator<T>(string section, bool needsKey) : IValidateOptions<T>
    where T : ProviderSettings
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, T options)
    {
        var problems = Problems(options).Select(problem => $"{section}:{problem}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    protected virtual IEnumerable<string> Problems(T options)
    {
        if (!IsSafe(options.BaseUrl))
        {
            yield return $"BaseUrl is '{options.BaseUrl}'; it must be an https address without a query. http is for loopback alone, as the key and users' questions are sent to it.";
        }

        if (KeyProblem(options) is { } problem)
        {
            yield return problem;
        }

        if (options.Model.Length is 0 or > 200)
        {
            yield return $"Model is '{options.Model}'; it must name a model of the provider.";
        }

        if (options.MaxOutputTokens is < 1 or > 1_000_000)
        {
            yield return $"MaxOutputTokens is {options.MaxOutputTokens}; it must be from 1 to 1000000.";
        }

        foreach (var (setting, value) in new[]
        {
            (nameof(options.ConnectTimeout), options.ConnectTimeout), (nameof(options.FirstTokenTimeout), options.FirstTokenTimeout),
            (nameof(options.SilenceTimeout), options.SilenceTimeout), (nameof(options.AnswerTimeout), options.AnswerTimeout),
        })
        {
            if (value < Shortest || value > Longest)
            {
                yield return $"{setting} is {value}; it must be from {Shortest} to {Longest}.";
            }
        }
    }

    // The value of a key is in no message.
    private string? KeyProblem(T options)
    {
        if (options is { ApiKey.Length: > 0, ApiKeyFile.Length: > 0 })
        {
            return "ApiKey and ApiKeyFile are both set; one of them is enough.";
        }

        try
        {
            var key = options.ReadKey();
            return string.IsNullOrEmpty(key) ? needsKey || options.ApiKeyFile is { Length: > 0 } ? $"{Where(options)} holds no key." : null
                : key.All(character => character is > ' ' and <= '~') ? null
                : $"{Where(options)} holds a key with characters that no header can have.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"ApiKeyFile is '{options.ApiKeyFile}', which cannot be read: {exception.Message}";
        }
    }

    private static string Where(T options) => options.ApiKeyFile is { Length: > 0 } file ? $"ApiKeyFile '{file}'" : "ApiKey";

    private static bool IsSafe(Uri? address) =>
        address is { IsAbsoluteUri: true, Query: "", Fragment: "", UserInfo: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
