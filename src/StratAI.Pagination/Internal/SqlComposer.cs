using System.Globalization;
using System.Text;

namespace StratAI.Pagination.Internal;

/// <summary>Writes the statements of a page.</summary>
internal sealed class SqlComposer<T>(PageQuery<T> query, string select, string from, string where)
{
    /// <summary>What stands before the number in the name of a column that a statement of several ranges adds behind the caller's.</summary>
    private const string KeyColumn = "page_key_";

    private readonly SqlParameters _parameters = new();
    private readonly string?[] _values = new string?[query.Keys.Length];

    public PageSql Compose()
    {
        var ranges = SeekRange.Of(query, rowValues: true);
        var text = ranges.Count == 1 ? Single(ranges[0]) : Several(ranges);
        if (query.Count != CountMode.None)
        {
            text += $";\n{Count()}";
        }

        return new(text, _parameters.Values, HiddenColumns: ranges.Count == 1 ? 0 : query.Keys.Length);
    }

    private string Single(SeekRange range)
    {
        // The limit is part of the text: the engine then plans for a few rows even where it plans once for all parameters.
        var text = $"SELECT {select} FROM {from}{Where(range)} ORDER BY {OrderBy()} LIMIT {Number(query.Take)}";
        return query.Offset is > 0 and var offset ? $"{text} OFFSET {_parameters.Add(offset)}" : text;
    }

    /// <summary>
    /// Each range asks for what the ranges before it left of the page, so that no row is read that is not answered. Behind the caller's columns
    /// stand the keys, by which the whole is put in order.
    /// </summary>
    private string Several(List<SeekRange> ranges)
    {
        var text = new StringBuilder();
        var keys = string.Join(", ", query.Keys.Select((key, index) => $"{key.Key.SqlIn(query.Dialect)} AS {KeyColumn}{Number(index)}"));
        for (var i = 0; i < ranges.Count; i++)
        {
            var range =
                $"SELECT {select}, {keys} FROM {from}{Where(ranges[i])} ORDER BY {OrderBy()} LIMIT {Number(query.Take)}";

            // A limit that is computed would make PostgreSQL plan for a tenth of the range; around a fixed one it only stops the reading.
            var left = string.Concat(Enumerable.Range(0, i).Select(before => $" - (SELECT count(*) FROM page_{Number(before)})"));
            text.Append(i == 0 ? "WITH " : ",\n")
                .Append(CultureInfo.InvariantCulture, $"page_{i} AS (")
                .Append(i == 0 ? range : $"SELECT * FROM ({range}) AS page_rows LIMIT {Number(query.Take)}{left}")
                .Append(')');
        }

        // Not wrapped in a SELECT of its own, which PostgreSQL would plan too. A key's column has the collation that it was selected with.
        var all = string.Join(" UNION ALL ", Enumerable.Range(0, ranges.Count).Select(i => $"SELECT * FROM page_{Number(i)}"));
        var order = string.Join(", ", query.Keys.Select((key, index) => $"{KeyColumn}{Number(index)}{Direction(query, key, nulls: true)}"));
        return text.Append(CultureInfo.InvariantCulture, $"\n{all} ORDER BY {order}").ToString();
    }

    private string Where(SeekRange range)
    {
        var conditions = string.Join(" AND ", range.Terms.Select(Condition));
        return (string.IsNullOrWhiteSpace(where), conditions) switch
        {
            (true, "") => "",
            (true, _) => $" WHERE {conditions}",
            (false, "") => $" WHERE {where}",
            (false, _) => $" WHERE ({where}) AND {conditions}",
        };
    }

    private string Condition(SeekTerm term)
    {
        var key = query.Keys[term.Key].Key.SqlIn(query.Dialect);
        return term.Operator switch
        {
            SeekOperator.IsNull => $"{key} IS NULL",
            SeekOperator.IsNotNull => $"{key} IS NOT NULL",
            _ when term.IsRow && term.Key < query.Keys.Length - 1 => CompareRows(term),
            _ => $"{key} {Sign(term.Operator)} {Value(term.Key)}",
        };
    }

    private string CompareRows(SeekTerm term)
    {
        var behind = Enumerable.Range(term.Key, query.Keys.Length - term.Key).ToArray();
        var keys = string.Join(", ", behind.Select(key => query.Keys[key].Key.SqlIn(query.Dialect)));
        return $"({keys}) {Sign(term.Operator)} ({string.Join(", ", behind.Select(Value))})";
    }

    private string Value(int key) => _values[key] ??= _parameters.Add(query.Position!.Value.Values[key]!);

    private string OrderBy() => string.Join(", ", query.Keys.Select((key, index) =>
        // In a range the first key is null in every row or in none, and a plain index has that order. Only a page by offset is of one piece.
        key.Key.SqlIn(query.Dialect) + Direction(query, key, nulls: index > 0 || query.Offset > 0)));

    /// <summary>
    /// Nulls last, seen in the list's direction. It is said only where the engine would put them elsewhere: an index without such words has the
    /// order of a statement without them.
    /// </summary>
    public static string Direction(PageQuery<T> query, OrderedKey<T> key, bool nulls)
    {
        var descending = key.Descending != query.IsBackward;
        var text = descending ? " DESC" : "";
        return !nulls || !key.Key.IsNullable || SeekRange.PutsNullsLast(query.Dialect, descending) != query.IsBackward
            ? text
            : text + (query.IsBackward ? " NULLS FIRST" : " NULLS LAST");
    }

    private string Count()
    {
        var rows = $"FROM {from}{Where(new([]))}";
        return query.Count switch
        {
            CountMode.Exact => $"SELECT count(*) {rows}",
            CountMode.Estimated when query.Dialect == SqlDialect.PostgreSql => $"EXPLAIN (FORMAT JSON) SELECT 1 {rows}",
            _ => $"SELECT count(*) FROM (SELECT 1 {rows} LIMIT {Number(PageTotal.Cap + 1)}) AS page_rows",
        };
    }

    private static string Sign(SeekOperator comparison) => comparison switch
    {
        SeekOperator.Less => "<",
        SeekOperator.LessOrEqual => "<=",
        SeekOperator.Greater => ">",
        SeekOperator.GreaterOrEqual => ">=",
        _ => "=",
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
