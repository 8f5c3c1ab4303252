using StratAI.Storage.Internal;

namespace StratAI.Storage.AspNetCore;

/// <summary>The <c>Content-Security-Policy</c> of what users uploaded.</summary>
internal static class ContentPolicy
{
    private const string Default = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    /// <summary>
    /// Chromium's PDF viewer shows nothing in a sandbox; it runs a document's scripts in a process and origin of its own.
    /// </summary>
    private const string PdfDocument = "frame-ancestors 'self'";

    public static string For(string contentType) =>
        contentType.StartsWith(MediaTypes.Pdf, StringComparison.OrdinalIgnoreCase) ? PdfDocument : Default;
}
