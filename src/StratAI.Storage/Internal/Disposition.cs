using Microsoft.Net.Http.Headers;

namespace StratAI.Storage.Internal;

internal static class Disposition
{
    /// <summary>A <c>Content-Disposition</c> by RFC 6266: the name in ASCII, and exactly as <c>filename*</c>.</summary>
    public static string Format(bool inline, string? fileName)
    {
        var header = new ContentDispositionHeaderValue(inline ? "inline" : "attachment");
        if (!string.IsNullOrEmpty(fileName))
        {
            // Some clients would take a separator for a folder.
            header.SetHttpFileName(string.Concat(fileName.Select(c => char.IsControl(c) || c is '/' or '\\' ? '_' : c)));
        }

        return header.ToString();
    }
}
