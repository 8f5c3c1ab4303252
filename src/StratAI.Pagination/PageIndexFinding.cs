namespace StratAI.Pagination;

/// <summary>Where the database does not serve an order as it is declared.</summary>
/// <param name="Table">The table, as it was registered.</param>
/// <param name="Order">The order, as a client writes it; of a problem with one key its name.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Detail">The same in words.</param>
/// <param name="Remedy">A statement that puts it right; null where no single one does.</param>
public sealed record PageIndexFinding(string Table, string Order, PageIndexProblem Problem, string Detail, string? Remedy = null);
