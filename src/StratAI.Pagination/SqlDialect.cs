namespace StratAI.Pagination;

/// <summary>The engine a page is composed for.</summary>
public enum SqlDialect
{
    /// <summary>PostgreSQL 12 or later.</summary>
    PostgreSql,

    /// <summary>SQLite 3.30 or later, the first with <c>NULLS FIRST</c> and <c>NULLS LAST</c>.</summary>
    Sqlite,
}
