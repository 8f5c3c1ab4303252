namespace StratAI.Host.Features.Documents;

/// <summary>What a prompt needs to know of a document.</summary>
internal record ContextDocument
{
    public Guid Id { get; init; }

    public string UserId { get; init; } = "";

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public string Filename { get; init; } = "";

    /// <summary>The length of its text; null where it has none.</summary>
    public int? Characters { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its text, or the beginning of it.</summary>
    public string Text { get; init; } = "";
}

/// <summary>A document of one of the places that a statement asks for.</summary>
internal sealed record PlacedDocument : ContextDocument
{
    public int Part { get; init; }

    public ContextDocument Document => new()
    {
        Id = Id, UserId = UserId, SpaceId = SpaceId, AreaId = AreaId, Filename = Filename, Characters = Characters, CreatedAt = CreatedAt, Text = Text,
    };

    /// <summary>The newest documents of a place, of several with one filename the newest, until their texts have together as many characters as <c>@budget</c>.</summary>
    /// <param name="kind">What of the place <c>@id{part}</c>: <c>area</c>, <c>space</c>, or of a space <c>space-alone</c>, what is in none of its areas.</param>
    /// <param name="part">Tells the rows of several places apart.</param>
    /// <param name="limit">How many documents at most.</param>
    public static string Select(string kind, int part, int limit)
    {
        var condition = kind switch
        {
            "area" => $"d.area_id = @id{part}",
            "space" => $"d.space_id = @id{part}",
            _ => $"d.space_id = @id{part} AND d.area_id IS NULL",
        };
        return $"""
            SELECT {part} AS part, n.id, n.user_id, n.space_id, n.area_id, n.filename, n.characters, n.created_at,
                (SELECT substr(t.text, 1, CAST(@budget - n.newer AS integer)) FROM documents t WHERE t.id = n.id) AS text
            FROM (
                SELECT v.*, coalesce(sum(v.characters) OVER (ORDER BY v.created_at DESC, v.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer
                FROM (
                    SELECT d.id, d.user_id, d.space_id, d.area_id, d.filename, d.created_at, length(d.text) AS characters,
                        row_number() OVER (PARTITION BY d.filename ORDER BY d.created_at DESC, d.id DESC) AS version
                    FROM documents d WHERE d.text IS NOT NULL AND {condition}
                    ORDER BY d.created_at DESC, d.id DESC LIMIT {limit}
                ) v
                WHERE v.version = 1
            ) n
            WHERE n.newer < @budget
            """;
    }
}
