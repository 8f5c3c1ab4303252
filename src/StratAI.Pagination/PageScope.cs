namespace StratAI.Pagination;

/// <summary>
/// What a cursor is bound to besides the order. A cursor used in another scope is <c>cursor-mismatch</c>. The binding keeps a client from
/// reading nonsense; it grants nothing, so every page is still authorized by the query itself.
/// </summary>
/// <param name="Endpoint">The list, such as <c>tasks</c> or <c>spaces/{id}/areas</c> with its id filled in.</param>
/// <param name="Owner">Whose view of the list it is: the user, or the tenant. Empty for a public list.</param>
/// <param name="Filters">The filters in one canonical text; the same filters must give the same text.</param>
public sealed record PageScope(string Endpoint, string Owner, string Filters = "");
