using System.Text;
using System.Text.Json;
using StratAI.Pagination;

namespace StratAI.Host.Database;

/// <summary>What PostgreSQL and SQLite spell differently. Every other query is one text for both.</summary>
internal abstract class Dialect
{
    public static Dialect Postgres { get; } = new PostgresDialect();

    public static Dialect Sqlite { get; } = new SqliteDialect();

    /// <summary>The folder of this engine's migrations.</summary>
    public abstract string Name { get; }

    public abstract SqlDialect Paging { get; }

    /// <summary>Ends a SELECT whose row is about to be changed. SQLite has one writer, so its transaction is the lock.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Ends a SELECT whose rows are claimed, so that of several who claim each gets others.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>The time by the clock of the database, which is one for all instances, and so many seconds later.</summary>
    public abstract string Clock(int secondsLater = 0);

    /// <summary>A text parameter as a JSON value.</summary>
    public abstract string Json(string parameter);

    /// <summary>True where <paramref name="expression"/> is one of the list that <see cref="List{T}"/> made the parameter's value from.</summary>
    public abstract string In(string expression, string parameter);

    /// <summary>A list as the value of one parameter, so that the statement is the same text whatever its length.</summary>
    public abstract object List<T>(IEnumerable<T> values);

    /// <summary>
    /// True for rows of <paramref name="table"/>, known as <paramref name="alias"/>, that hold every word of the parameter; the last one may be the
    /// beginning of a word.
    /// </summary>
    public abstract string Matches(string table, string alias, string parameter);

    /// <summary>What <see cref="Matches"/> expects as the parameter's value; null when the text holds no word.</summary>
    public string? SearchTerm(string text) => Words(text).ToList() is { Count: > 0 } words ? SearchTerm(words) : null;

    protected abstract string SearchTerm(IReadOnlyList<string> words);

    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        // Composed, as both engines compare it. Of a text that is no Unicode, the rest is looked for.
        foreach (var rune in string.Concat(text.EnumerateRunes()).Normalize().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || (word.Length > 0 && IsAccent(rune)))
            {
                word.Append(rune);
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    // One that Unicode has no composed letter for; both engines drop it.
    private static bool IsAccent(Rune rune) => rune.Value is >= 0x300 and <= 0x36F;

    private sealed class PostgresDialect : Dialect
    {
        public override string Name => "Postgres";

        public override SqlDialect Paging => SqlDialect.PostgreSql;

        public override string ForUpdate => " FOR UPDATE";

        public override string SkipLocked => " FOR UPDATE SKIP LOCKED";

        public override string Clock(int secondsLater) => $"(clock_timestamp() + interval '{secondsLater} seconds')";

        public override string Json(string parameter) => $"CAST({parameter} AS jsonb)";

        public override string In(string expression, string parameter) => $"{expression} = ANY({parameter})";

        public override object List<T>(IEnumerable<T> values) => values.ToArray();

        public override string Matches(string table, string alias, string parameter) => $"{alias}.search @@ search_query({parameter})";

        protected override string SearchTerm(IReadOnlyList<string> words) => string.Join(' ', words);
    }

    private sealed class SqliteDialect : Dialect
    {
        public override string Name => "Sqlite";

        public override SqlDialect Paging => SqlDialect.Sqlite;

        public override string ForUpdate => "";

        public override string SkipLocked => "";

        public override string Clock(int secondsLater) => $"(strftime('%Y-%m-%dT%H:%M:%f', 'now', '{secondsLater} seconds') || '000Z')";

        public override string Json(string parameter) => parameter;

        public override string In(string expression, string parameter) => $"{expression} IN (SELECT value FROM json_each({parameter}))";

        public override object List<T>(IEnumerable<T> values) => JsonSerializer.Serialize(values);

        public override string Matches(string table, string alias, string parameter) =>
            $"{alias}.seq IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH {parameter})";

        // Quoted, a word is never taken for an operator of the FTS5 query language.
        protected override string SearchTerm(IReadOnlyList<string> words) => string.Join(' ', words.Select(word => $"\"{word}\"")) + " *";
    }
}
