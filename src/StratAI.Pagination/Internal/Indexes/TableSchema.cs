namespace StratAI.Pagination.Internal.Indexes;

/// <summary>What the catalog says of a table. Indexes and names grow by those that findings propose.</summary>
internal sealed record TableSchema(IReadOnlyList<TableColumn> Columns, List<TableIndex> Indexes, HashSet<string> IndexNames)
{
    /// <summary>Why it has no indexes to compare with; null for a table.</summary>
    public string? Obstacle { get; init; }
}

/// <param name="Id">Its name in the spelling of <see cref="IndexKey.IdOf"/>.</param>
/// <param name="Sql">As a statement must write it.</param>
/// <param name="IsNullable">Whether the database would take a null.</param>
/// <param name="Collation">By its name in the catalog; empty where the type has none.</param>
internal sealed record TableColumn(string Id, string Sql, bool IsNullable, string Collation);

/// <param name="Keys">What it is sorted by, including what the engine appends.</param>
/// <param name="Declared">How many of the keys are its own; only these are unique together.</param>
/// <param name="IsUnique">Whether they are.</param>
/// <param name="Predicate">The condition of a partial index, in the engine's spelling.</param>
internal sealed record TableIndex(IReadOnlyList<IndexKey> Keys, int Declared, bool IsUnique, string? Predicate);

/// <param name="Id">The column or expression in the one spelling that all keys are compared in; null where no order can use it.</param>
/// <param name="Descending">Its direction.</param>
/// <param name="NullsFirst">Where it has nulls, read forward.</param>
/// <param name="Collation">As of a column; null, of a key, for whichever the expression has.</param>
internal sealed record IndexKey(string? Id, bool Descending, bool NullsFirst, string? Collation)
{
    /// <summary>A column as an id: in quotes, which no expression is as a whole.</summary>
    public static string IdOf(string column) => $"\"{column}\"";

    public bool Matches(IndexKey wanted, bool reversed) =>
        Holds(wanted) && Descending == (wanted.Descending != reversed) && NullsFirst == (wanted.NullsFirst != reversed);

    /// <summary>Whether both are sorted by the same, in whatever direction.</summary>
    public bool Holds(IndexKey wanted) => Id is not null && Id == wanted.Id && (wanted.Collation ?? Collation) == Collation;
}
