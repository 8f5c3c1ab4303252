using System.Globalization;

namespace StratAI.Pagination.Internal;

/// <summary>The last steps of a walk, for the message of its failure.</summary>
internal sealed class WalkTrace(string title)
{
    private const int MaximumLines = 16;
    private const int MaximumText = 40;

    private readonly Queue<string> _lines = new();
    private int _dropped;

    public void Add(string line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > MaximumLines)
        {
            _lines.Dequeue();
            _dropped++;
        }
    }

    public PageWalkException Fail(string what, Exception? inner = null)
    {
        IEnumerable<string> earlier = _dropped > 0 ? [$"  … {_dropped} earlier"] : [];
        return new(string.Join('\n', [what, title, .. earlier, .. _lines.Select(line => $"  {line}")]), inner);
    }

    /// <summary>An id as a message shows it.</summary>
    public static string Show(object id)
    {
        var text = (id as IFormattable)?.ToString(null, CultureInfo.InvariantCulture) ?? id.ToString() ?? "";
        return text.Length > MaximumText ? $"{text[..MaximumText]}…" : text;
    }
}
