using Microsoft.Net.Http.Headers;

namespace StratAI.Caching.AspNetCore;

/// <summary>What may stand in <c>WithCacheControl</c>: a typing error there would be a response that is kept too long, or never.</summary>
internal static class CacheControlValue
{
    public static string Check(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        if (!CacheControlHeaderValue.TryParse(value, out var parsed))
        {
            throw new ArgumentException($"'{value}' is not a Cache-Control value.", parameter);
        }

        if (parsed is { Public: true, Private: true } or { Public: true, NoStore: true })
        {
            throw new ArgumentException($"'{value}' contradicts itself.", parameter);
        }

        return value;
    }
}
