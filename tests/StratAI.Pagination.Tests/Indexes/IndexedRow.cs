namespace StratAI.Pagination.Tests.Indexes;

/// <summary>A row of the table that indexes are made on; the same definition on both engines.</summary>
internal sealed record IndexedRow(int Id, int Rank, int? Score, string Title, string? Note)
{
    public const string Table =
        """
        CREATE TABLE tasks (
            id integer NOT NULL, owner integer NOT NULL, rank integer NOT NULL, score integer, title text NOT NULL, -- (a, comment)
            note text, deleted integer)
        """;

    /// <summary>An order of the fields that <paramref name="sort"/> names, and its default.</summary>
    public static PageOrder<IndexedRow> Order(string sort) => PageOrder<IndexedRow>.Create(order =>
    {
        foreach (var field in sort.Split(',').Select(term => term.TrimStart('-')).Where(field => field != "id"))
        {
            _ = field switch
            {
                "rank" => order.Key(field, row => row.Rank, "t.rank"),
                "double" => order.Key(field, row => row.Rank * 2, "t.rank*(1 + 1)"),
                "score" => order.Key(field, row => row.Score, "t.score", nullable: true),
                "title" => order.Key(field, row => row.Title, "t.title", collation: TextCollation.Column),
                "binary" => order.Key(field, row => row.Title, "t.title", collation: TextCollation.Binary),
                "folded" => order.Key(field, row => row.Title, "lower(t.title)", collation: TextCollation.Column),
                "filled" => order.Key(field, row => row.Note ?? "x", "coalesce(t.note, 'x')", collation: TextCollation.Binary),
                "note" => order.Key(field, row => row.Note, "t.note", nullable: true, collation: TextCollation.Column),
                "strict" => order.Key(field, row => row.Score!.Value, "t.score"),
                "missing" => order.Key(field, row => row.Rank, "t.nothing"),
                "other" => order.Key(field, row => row.Rank, "u.rank"),
                "queried" => order.Key(field, row => row.Rank),
                "broken" => order.Key(field, row => row.Rank, "t.rank +"),
                _ => throw new ArgumentException(field, nameof(sort)),
            };
        }

        order.TieBreaker("id", row => row.Id, "t.id").Default(sort);
    });
}
