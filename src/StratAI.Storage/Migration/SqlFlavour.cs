namespace StratAI.Storage.Migration;

/// <summary>The database a migration runs on.</summary>
public enum SqlFlavour
{
    /// <summary>PostgreSQL 12 or later, straight or through a pooler in transaction mode.</summary>
    PostgreSql,

    /// <summary>SQLite 3.42 or later.</summary>
    Sqlite,
}
