using Dapper;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Documents;

/// <summary>The filters of <c>GET /api/documents</c>; those that are absent do not filter.</summary>
internal sealed record DocumentFilter(Guid? SpaceId, Guid? AreaId, string? Kind, string? Q, string[]? Ids)
{
    private const int MaximumIds = 100;

    public Problem? Check() =>
        Kind is not (null or "document" or "image") ? Problem.Validation("kind", $"'{Kind}' is none of document, image.")
        : IdTexts().Count() > MaximumIds ? Problem.Validation("ids", $"At most {MaximumIds} ids can be asked for at once.")
        : SearchFilter.Check(Q);

    public string Where(Dialect dialect) => string.Join(" AND ", new[]
    {
        DocumentStore.Visible,
        SpaceId is null ? null : "d.space_id = @SpaceId",
        AreaId is null ? null : "d.area_id = @AreaId",
        Kind is null ? null : "d.kind = @Kind",
        Ids is { Length: > 0 } ? dialect.In("d.id", "@ids") : null,
        SearchFilter.Where(dialect, Q, "documents", "d"),
    }.OfType<string>());

    // What is no UUID is the id of nothing, and simply not found.
    public DynamicParameters Parameters(string userId, Dialect dialect) => new(new
    {
        userId, SpaceId, AreaId, Kind, ids = dialect.List(IdTexts().Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty)), term = dialect.SearchTerm(Q ?? ""),
    });

    public override string ToString() => string.Join('\n', SpaceId, AreaId, Kind, Q, string.Join(',', IdTexts().Order()));

    /// <summary>Ids may be repeated parameters or one list with commas.</summary>
    private IEnumerable<string> IdTexts() => (Ids ?? []).SelectMany(ids => ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
