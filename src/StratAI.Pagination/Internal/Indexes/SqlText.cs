using System.Text;

namespace StratAI.Pagination.Internal.Indexes;

/// <summary>The little that must be read out of SQL.</summary>
internal static class SqlText
{
    /// <summary>The same, columns by their names alone: <c>lower(t.title)</c> becomes <c>lower(title)</c>.</summary>
    /// <param name="sql">An expression.</param>
    /// <param name="qualifiers">Receives what stood before the names, in lower case.</param>
    public static string WithoutQualifiers(string sql, ISet<string> qualifiers)
    {
        var tokens = SqlToken.Read(sql);
        var (text, written) = (new StringBuilder(), 0);
        for (var i = 0; i < tokens.Count; i++)
        {
            var last = i;
            while (tokens[i].IsIdentifier && last + 2 < tokens.Count && tokens[last + 1].Text == "." && tokens[last + 2].IsIdentifier)
            {
                last += 2;
            }

            // A function may have a schema, and keeps it.
            if (last > i && !(last + 1 < tokens.Count && tokens[last + 1].Text == "("))
            {
                qualifiers.Add(string.Concat(tokens[i..last].Select(token => token.Name)).ToLowerInvariant());
                text.Append(sql, written, tokens[i].Start - written);
                written = tokens[last].Start;
            }

            i = last;
        }

        return WithoutParentheses(text.Append(sql, written, sql.Length - written).ToString());
    }

    public static string WithoutParentheses(string sql)
    {
        while (true)
        {
            sql = sql.Trim();
            var tokens = SqlToken.Read(sql);
            if (tokens.Count < 3 || tokens[0].Text != "(" || Closing(tokens, 0) != tokens.Count - 1)
            {
                return sql;
            }

            sql = sql[1..tokens[^1].Start];
        }
    }

    /// <summary>The operand and the collation of an expression that ends in COLLATE; the expression and null of any other.</summary>
    public static (string Sql, string? Collation) SplitCollation(string sql)
    {
        var tokens = SqlToken.Read(sql);
        if (tokens.Count < 3 || !tokens[^2].Is("COLLATE"))
        {
            return (sql, null);
        }

        // It binds closer than any operator, so what it is said of is one name, call or parenthesis.
        var operand = tokens[..^2];
        var open = operand.FindIndex(token => token.Text == "(");
        var isOne = operand.Count == 1 || (open is 0 or 1 && Closing(operand, open) == operand.Count - 1);
        return isOne ? (WithoutParentheses(sql[..tokens[^2].Start]), tokens[^1].Name) : (sql, null);
    }

    /// <summary>The list in the statement's first parenthesis, split at its commas, and what follows it.</summary>
    public static (IReadOnlyList<string> Items, string Tail) FirstList(string sql)
    {
        var tokens = SqlToken.Read(sql);
        var open = tokens.FindIndex(token => token.Text == "(");
        var close = open < 0 ? -1 : Closing(tokens, open);
        if (close < 0)
        {
            return ([], "");
        }

        var items = new List<string>();
        var start = tokens[open].End;
        var depth = 0;
        foreach (var token in tokens[(open + 1)..(close + 1)])
        {
            depth += token.Text switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth < 0 || (depth == 0 && token.Text == ","))
            {
                items.Add(sql[start..token.Start].Trim());
                start = token.End;
            }
        }

        return (items, sql[tokens[close].End..]);
    }

    /// <summary>One spelling of texts that differ in blanks, the case of words, quotes of names and parentheses around the whole.</summary>
    public static string Canonical(string sql) => string.Join(' ', SqlToken.Read(WithoutParentheses(sql))
        .Select(token => token.IsIdentifier ? token.Name.ToLowerInvariant() : token.Text));

    private static int Closing(List<SqlToken> tokens, int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            depth += tokens[i].Text switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
