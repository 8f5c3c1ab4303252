using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace StratAI.Storage.Internal;

/// <summary>The media types the package knows, their other names, and the file extensions that claim them.</summary>
internal static class MediaTypes
{
    public const string Binary = "application/octet-stream";
    public const string Text = "text/plain";
    public const string Markdown = "text/markdown";
    public const string Csv = "text/csv";
    public const string Json = "application/json";
    public const string Html = "text/html";
    public const string Xhtml = "application/xhtml+xml";
    public const string Svg = "image/svg+xml";
    public const string Xml = "application/xml";
    public const string Pdf = "application/pdf";
    public const string Zip = "application/zip";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    public const string Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    public const string Docm = "application/vnd.ms-word.document.macroEnabled.12";
    public const string Xlsm = "application/vnd.ms-excel.sheet.macroEnabled.12";
    public const string Pptm = "application/vnd.ms-powerpoint.presentation.macroEnabled.12";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string Gif = "image/gif";
    public const string WebP = "image/webp";
    public const string Avif = "image/avif";

    public static readonly FrozenSet<string> DefaultAllowed = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, Text, Markdown, Csv, Json, Pdf, Docx, Xlsx, Pptx, Png, Jpeg, Gif, WebP, Avif, Svg, Html);

    private static readonly FrozenSet<string> RasterImages = FrozenSet.Create(Png, Jpeg, Gif, WebP, Avif);

    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["image/jpg"] = Jpeg,
        ["image/pjpeg"] = Jpeg,
        ["image/x-png"] = Png,
        ["image/svg"] = Svg,
        ["application/x-pdf"] = Pdf,
        ["application/csv"] = Csv,
        ["text/x-csv"] = Csv,
        ["text/x-markdown"] = Markdown,
        ["text/json"] = Json,
        ["text/xml"] = Xml,
        ["application/x-zip-compressed"] = Zip,
        ["application/vnd.ms-word.document.macroenabled.12"] = Docm,
        ["application/vnd.ms-excel.sheet.macroenabled.12"] = Xlsm,
        ["application/vnd.ms-powerpoint.presentation.macroenabled.12"] = Pptm,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> Extensions = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = Text,
        [".log"] = Text,
        [".md"] = Markdown,
        [".markdown"] = Markdown,
        [".csv"] = Csv,
        [".json"] = Json,
        [".html"] = Html,
        [".htm"] = Html,
        [".xhtml"] = Xhtml,
        [".svg"] = Svg,
        [".xml"] = Xml,
        [".pdf"] = Pdf,
        [".zip"] = Zip,
        [".docx"] = Docx,
        [".xlsx"] = Xlsx,
        [".pptx"] = Pptx,
        [".docm"] = Docm,
        [".xlsm"] = Xlsm,
        [".pptm"] = Pptm,
        [".png"] = Png,
        [".jpg"] = Jpeg,
        [".jpeg"] = Jpeg,
        [".jpe"] = Jpeg,
        [".jfif"] = Jpeg,
        [".gif"] = Gif,
        [".webp"] = WebP,
        [".avif"] = Avif,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it is an image of pixels, which the image limits are for.</summary>
    public static bool IsRasterImage(string type) => RasterImages.Contains(type);

    /// <summary>Whether a browser that shows it runs its scripts. A type that cannot be read counts as one.</summary>
    public static bool IsActive(string? contentType)
    {
        if (contentType is null)
        {
            return false;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed))
        {
            return true;
        }

        var type = parsed.MediaType.Value!.ToLowerInvariant();
        return type is Html or "text/xml" or "text/xsl" or Xml or "multipart/x-mixed-replace" || type.EndsWith("+xml", StringComparison.Ordinal);
    }

    /// <summary>
    /// The usual name of a declared type without its parameters; <see langword="null"/> when nothing definite is declared.
    /// </summary>
    public static string? Declared(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType))
        {
            return null;
        }

        // What cannot be read is still a claim, and one that no bytes meet.
        var type = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : contentType;
        return type is Binary or "binary/octet-stream" or "application/unknown" ? null : Aliases.GetValueOrDefault(type, type);
    }

    /// <summary>The type a file name's extension claims; <see langword="null"/> for none and for unknown ones.</summary>
    public static string? OfFileName(string? fileName) => Extensions.GetValueOrDefault(Path.GetExtension(fileName) ?? "");
}
