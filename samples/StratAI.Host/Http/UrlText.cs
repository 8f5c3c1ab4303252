namespace StratAI.Host.Http;

internal static class UrlText
{
    /// <summary>A URL exactly as it was made: what <see cref="Uri.ToString"/> unescapes would no longer be what was signed.</summary>
    public static string ToText(this Uri url) => url.IsAbsoluteUri ? url.AbsoluteUri : url.OriginalString;
}
