namespace StratAI.Pagination;

/// <summary>A composed page: one command text with one or two statements, and the parameters that it adds to the caller's own.</summary>
/// <param name="Text">
/// The page statement and, when a count was asked for, after a semicolon a second one that selects a single 64-bit integer.
/// </param>
/// <param name="Parameters">
/// By name, without the leading <c>@</c>: <c>page_0</c>, <c>page_1</c> … Values are <see cref="int"/>, <see cref="long"/>,
/// <see cref="double"/>, <see cref="decimal"/>, <see cref="bool"/>, <see cref="string"/>, <see cref="Guid"/>, <see cref="DateTime"/> (UTC
/// or unspecified, as it was read), <see cref="DateTimeOffset"/> (offset zero) or <see cref="DateOnly"/>; never null. Where the engine has
/// no such type, bind them in the form in which the column stores them.
/// </param>
public sealed record PageSql(string Text, IReadOnlyDictionary<string, object?> Parameters);
