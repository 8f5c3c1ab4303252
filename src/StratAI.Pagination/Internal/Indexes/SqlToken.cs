namespace StratAI.Pagination.Internal.Indexes;

/// <summary>A word, text, number or sign of a statement, and where it stands in it.</summary>
internal readonly record struct SqlToken(string Text, int Start)
{
    public int End => Start + Text.Length;

    public bool IsQuoted => Text[0] is '"' or '`' or '[';

    public bool IsIdentifier => IsQuoted || IsWordStart(Text[0]);

    /// <summary>An identifier without its quotes.</summary>
    public string Name => IsQuoted ? Text[1..^1].Replace($"{Text[^1]}{Text[^1]}", $"{Text[^1]}", StringComparison.Ordinal) : Text;

    public bool Is(string text) => Text.Equals(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a statement is made of, without blanks and comments.</summary>
    public static List<SqlToken> Read(string sql)
    {
        var tokens = new List<SqlToken>();
        for (var start = 0; start < sql.Length;)
        {
            var end = EndOf(sql, start);
            if (!char.IsWhiteSpace(sql[start]) && !IsComment(sql, start))
            {
                tokens.Add(new(sql[start..end], start));
            }

            start = end;
        }

        return tokens;
    }

    private static int EndOf(string sql, int start) => sql[start] switch
    {
        '\'' or '"' or '`' => EndOfQuotes(sql, start),
        '[' when sql.IndexOf(']', start) is var end and >= 0 => end + 1,
        '-' when IsComment(sql, start) => sql.IndexOf('\n', start) is var end and >= 0 ? end : sql.Length,
        '/' when IsComment(sql, start) => sql.IndexOf("*/", start + 2, StringComparison.Ordinal) is var end and >= 0 ? end + 2 : sql.Length,
        var first when IsWordStart(first) => EndWhile(sql, start, c => IsWordStart(c) || char.IsAsciiDigit(c) || c == '$'),
        var first when char.IsAsciiDigit(first) => EndWhile(sql, start, c => char.IsAsciiLetterOrDigit(c) || c == '.'),
        _ => start + 1,
    };

    private static bool IsWordStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsComment(string sql, int start) =>
        sql.AsSpan(start).StartsWith("--", StringComparison.Ordinal) || sql.AsSpan(start).StartsWith("/*", StringComparison.Ordinal);

    private static int EndWhile(string sql, int start, Func<char, bool> belongs)
    {
        var end = start + 1;
        while (end < sql.Length && belongs(sql[end]))
        {
            end++;
        }

        return end;
    }

    /// <summary>A quote inside is written twice, which reads as two texts side by side.</summary>
    private static int EndOfQuotes(string sql, int start)
    {
        var end = start;
        do
        {
            end = sql.IndexOf(sql[start], end + 1);
            end = end < 0 ? sql.Length : end + 1;
        }
        while (end < sql.Length && sql[end] == sql[start]);
        return end;
    }
}
