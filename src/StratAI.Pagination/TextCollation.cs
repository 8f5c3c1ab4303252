namespace StratAI.Pagination;

/// <summary>
/// By which rules the engine compares a text key. It stands in ORDER BY and in the seek predicate alike; were they to differ, rows would be
/// skipped or repeated.
/// </summary>
public sealed class TextCollation
{
    private readonly string? _postgreSql;
    private readonly string? _sqlite;

    private TextCollation(string? postgreSql, string? sqlite) => (_postgreSql, _sqlite) = (postgreSql, sqlite);

    /// <summary>
    /// That of the column or expression: nothing is said, and the database decides. The one choice for <see cref="IQueryable{T}"/>, where the
    /// model's <c>UseCollation</c> states it.
    /// </summary>
    public static TextCollation Column { get; } = new(null, null);

    /// <summary>
    /// Byte by byte, <c>"C"</c> in PostgreSQL and <c>BINARY</c> in SQLite: the same order on both, in every locale and after every upgrade
    /// of the operating system. On UTF-8 that is the order of code points.
    /// </summary>
    public static TextCollation Binary { get; } = new(Quote("C"), Quote("BINARY"));

    /// <summary>A collation by its name, such as <c>und-x-icu</c> in PostgreSQL or <c>NOCASE</c> in SQLite.</summary>
    /// <param name="name">The name without quotes. In PostgreSQL it is looked up along the search path.</param>
    /// <exception cref="ArgumentException">The name is blank or holds a quote.</exception>
    public static TextCollation Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains('"', StringComparison.Ordinal))
        {
            throw new ArgumentException("A collation's name holds no quote.", nameof(name));
        }

        return new(Quote(name), Quote(name));
    }

    /// <summary>The quoted name; null where nothing is to be said.</summary>
    internal string? NameIn(SqlDialect dialect) => dialect == SqlDialect.PostgreSql ? _postgreSql : _sqlite;

    private static string Quote(string name) => $"\"{name}\"";
}
