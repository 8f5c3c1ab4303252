namespace StratAI.Pagination;

/// <summary>Why a page cannot be answered. Every code is the client's mistake: answer 400.</summary>
/// <param name="Code">
/// Stable: <c>invalid-pagination</c>, <c>pagination-conflict</c>, <c>invalid-sort</c>, <c>cursor-malformed</c>, <c>cursor-tampered</c>,
/// <c>cursor-mismatch</c> or <c>cursor-version</c>.
/// </param>
/// <param name="Detail">A sentence for the client's developer. Never repeats what the client sent.</param>
public sealed record PageError(string Code, string Detail);
