namespace StratAI.Host.Features.Chat.Local;

/// <summary>
/// Splits a document into passages, in one run over its text. What a passage is depends on the file name: a paragraph, list item or table row of text and
/// Markdown, a row of CSV, a line of JSON, YAML and logs. Headings of Markdown, and the first row of CSV, come as headings of what follows.
/// </summary>
internal static class PassageSplitter
{
    /// <summary>Longer headings are read as paragraphs.</summary>
    public const int MaximumHeading = 300;

    private const int HeadingLevels = 6;

    private enum Layout
    {
        Text,
        Markdown,
        Rows,
        Lines,
    }

    public static IEnumerable<Passage> Split(LocalDocument document)
    {
        Passage? heading = null;
        foreach (var block in Blocks(document, LayoutOf(document.Name)))
        {
            if (block.Level == 0)
            {
                heading = null;
                if (PassageCutter.IsWhole(document, block))
                {
                    yield return block;
                    continue;
                }

                foreach (var piece in PassageCutter.Cut(document, block))
                {
                    yield return piece;
                }

                continue;
            }

            // A heading with nothing under it is all that its section says, so it can be quoted itself.
            if (heading is { } empty && empty.Level >= block.Level)
            {
                yield return empty with { Level = 0 };
            }

            yield return block;
            heading = block;
        }

        if (heading is { } last)
        {
            yield return last with { Level = 0 };
        }
    }

    private static IEnumerable<Passage> Blocks(LocalDocument document, Layout layout)
    {
        Passage? block = null;
        var fenced = false;
        var first = true;
        // A byte order mark that a decoder left is neither white space nor a part of the first heading.
        for (var position = document.Text.StartsWith('\uFEFF') ? 1 : 0; position < document.Length;)
        {
            var line = NextLine(document, ref position);
            var text = document.Slice(line);
            var heading = layout switch
            {
                Layout.Markdown when !fenced => Heading(line, text),
                Layout.Rows when first && text.Length is > 0 and <= MaximumHeading => line with { Level = 1 },
                _ => default,
            };
            first &= text.IsEmpty;
            fenced ^= layout == Layout.Markdown && (text.StartsWith("```") || text.StartsWith("~~~"));

            var joins = block is not null && heading.Level == 0 && !text.IsEmpty && layout is Layout.Text or Layout.Markdown && !StartsItem(text);
            if (block is { } open)
            {
                if (joins)
                {
                    block = open with { Length = line.Start + line.Length - open.Start };
                    continue;
                }

                yield return open;
                block = null;
            }

            if (heading.Level > 0)
            {
                yield return heading;
            }
            else if (line.Length > 0)
            {
                block = line;
            }
        }

        if (block is { } rest)
        {
            yield return rest;
        }
    }

    private static Passage NextLine(LocalDocument document, ref int position)
    {
        var left = document.Text.AsSpan(position, document.Length - position);
        var end = left.IndexOf('\n');
        var line = end < 0 ? left : left[..end];
        var start = position + line.Length - line.TrimStart().Length;
        position += end < 0 ? left.Length : end + 1;
        return new(start, line.Trim().Length);
    }

    /// <summary>The words of an ATX heading of CommonMark without its number signs, or nothing.</summary>
    private static Passage Heading(Passage line, ReadOnlySpan<char> text)
    {
        var level = text.IndexOfAnyExcept('#');
        if (level is < 1 or > HeadingLevels || text[level] is not (' ' or '\t') || text.Length > MaximumHeading)
        {
            return default;
        }

        var words = text[level..].TrimStart();
        var start = line.Start + text.Length - words.Length;
        // Number signs at the end are no words of the heading, unless they touch one, as in C#.
        var closed = words.TrimEnd('#');
        var length = closed.IsEmpty || char.IsWhiteSpace(closed[^1]) ? closed.TrimEnd().Length : words.Length;
        return length == 0 ? default : new(start, length, level);
    }

    /// <summary>Whether the line begins a list item, numbered or not, or is a row of a Markdown table.</summary>
    private static bool StartsItem(ReadOnlySpan<char> line)
    {
        var digits = 0;
        while (digits < line.Length && digits < 4 && char.IsAsciiDigit(line[digits]))
        {
            digits++;
        }

        return line[digits..] switch
        {
            ['|', ..] => digits == 0,
            ['-' or '*' or '+' or '•', ' ', ..] => digits == 0,
            ['.' or ')', ' ', ..] => digits is > 0 and < 4,
            _ => false,
        };
    }

    private static Layout LayoutOf(string name) => Path.GetExtension(name).ToUpperInvariant() switch
    {
        ".MD" or ".MARKDOWN" => Layout.Markdown,
        ".CSV" or ".TSV" => Layout.Rows,
        ".JSON" or ".JSONL" or ".NDJSON" or ".YAML" or ".YML" or ".LOG" => Layout.Lines,
        _ => Layout.Text,
    };
}
