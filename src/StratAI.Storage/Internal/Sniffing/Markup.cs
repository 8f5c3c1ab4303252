using System.Buffers;
using System.Text;

namespace StratAI.Storage.Internal.Sniffing;

/// <summary>What markup a text begins with.</summary>
internal enum MarkupKind
{
    None,

    /// <summary>A tag that documents in other formats, such as Markdown, may begin with as well.</summary>
    HtmlFragment,
    Html,
    Xhtml,
    Svg,
    Xml,
}

/// <summary>
/// Recognises HTML, SVG and other XML by the beginning of a text: white space, comments, instructions and the document type are passed
/// over, then
/// the first tag decides. The tags are those of the WHATWG MIME Sniffing Standard, section 7.1.
/// </summary>
internal static class Markup
{
    private static readonly string[] DocumentTags = ["html", "head", "body", "script", "style", "title", "iframe"];
    private static readonly string[] FragmentTags = ["h1", "div", "font", "table", "a", "b", "br", "p"];

    private static readonly SearchValues<byte> TagNameEnd = SearchValues.Create("\t\n\f\r />"u8);

    public static MarkupKind Detect(ReadOnlySpan<byte> head)
    {
        var rest = SkipSpace(SkipByteOrderMark(head));
        var (xml, comment) = (false, false);
        while (true)
        {
            if (rest.StartsWith("<!--"u8))
            {
                comment = true;
                rest = SkipPast(rest, "-->"u8);
            }
            else if (rest.StartsWith("<?"u8))
            {
                xml = true;
                rest = SkipPast(rest, "?>"u8);
            }
            else if (StartsWithIgnoreCase(rest, "<!doctype"))
            {
                if (StartsWithIgnoreCase(SkipSpace(rest["<!doctype".Length..]), "html"))
                {
                    return xml ? MarkupKind.Xhtml : MarkupKind.Html;
                }

                xml = true;
                rest = SkipDocumentType(rest);
            }
            else
            {
                break;
            }

            rest = SkipSpace(rest);
        }

        var kind = rest is [(byte)'<', ..] ? OfTag(TagName(rest[1..]), xml) : MarkupKind.None;
        return (kind, xml, comment) switch
        {
            (MarkupKind.None, true, _) => MarkupKind.Xml,
            (MarkupKind.None, _, true) => MarkupKind.HtmlFragment,
            _ => kind,
        };
    }

    public static ReadOnlySpan<byte> SkipByteOrderMark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;

    public static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> bytes) => bytes.TrimStart("\t\n\f\r "u8);

    private static MarkupKind OfTag(ReadOnlySpan<byte> name, bool xml)
    {
        // An XML root may carry a namespace prefix.
        var local = Encoding.Latin1.GetString(name[(name.LastIndexOf((byte)':') + 1)..]).ToLowerInvariant();
        if (local == "svg")
        {
            return MarkupKind.Svg;
        }

        if (xml)
        {
            return local == "html" ? MarkupKind.Xhtml : MarkupKind.Xml;
        }

        return DocumentTags.Contains(local) ? MarkupKind.Html : FragmentTags.Contains(local) ? MarkupKind.HtmlFragment : MarkupKind.None;
    }

    /// <summary>The name of a tag; empty where a text only has a less-than sign.</summary>
    private static ReadOnlySpan<byte> TagName(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny(TagNameEnd);
        return end < 0 ? bytes : bytes[..end];
    }

    /// <summary>A document type may hold declarations in brackets, and those hold greater-than signs.</summary>
    private static ReadOnlySpan<byte> SkipDocumentType(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny("[>"u8);
        return end >= 0 && bytes[end] == '[' ? SkipPast(SkipPast(bytes, "]"u8), ">"u8) : SkipPast(bytes, ">"u8);
    }

    private static ReadOnlySpan<byte> SkipPast(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mark) =>
        bytes.IndexOf(mark) is >= 0 and var at ? bytes[(at + mark.Length)..] : default;

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> bytes, string text) =>
        bytes.Length >= text.Length && Ascii.EqualsIgnoreCase(bytes[..text.Length], text);
}
