using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace StratAI.Host.Features.Documents;

/// <summary>The room that a prompt has for documents, in bytes of UTF-8, and the names that are taken.</summary>
internal sealed class DocumentRoom(int bytes)
{
    // Of less a reader learns nothing.
    private const int SmallestPart = 1_000;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _left = bytes;

    /// <summary>The first of the documents, those whose name is taken passed over, until one does not fit; of that as much as does.</summary>
    public IReadOnlyList<ContextDocument> Take(IEnumerable<ContextDocument> documents)
    {
        var taken = new List<ContextDocument>();
        foreach (var document in documents)
        {
            if (_left == 0 || _names.Contains(document.Filename))
            {
                continue;
            }

            var size = Encoding.UTF8.GetByteCount(document.Text);
            if (size > _left && _left < SmallestPart)
            {
                _left = 0;
                continue;
            }

            _names.Add(document.Filename);
            taken.Add(size > _left || document.Characters > document.Text.Length ? document with { Text = Cut(document.Text, Math.Min(size, _left)) } : document);
            _left -= Math.Min(size, _left);
        }

        return taken;
    }

    /// <summary>As much of a text as fits, to the end of a paragraph, else of a line, else of a word, where its second half has one.</summary>
    internal static string Cut(string text, int bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        Utf8.FromUtf16(text, buffer.AsSpan(0, bytes), out var length, out _);
        ArrayPool<byte>.Shared.Return(buffer);
        var fits = text.AsSpan(0, length);
        foreach (var end in new[] { fits.LastIndexOf("\n\n"), fits.LastIndexOf('\n'), fits.LastIndexOf(' ') })
        {
            if (end >= length / 2 && end > 0)
            {
                return text[..end];
            }
        }

        return text[..length];
    }
}
