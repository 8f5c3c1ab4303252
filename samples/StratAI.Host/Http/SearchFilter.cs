using StratAI.Host.Database;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>The filter <c>q</c> of lists: full text, whose value for the statement is <see cref="Dialect.SearchTerm(string)"/> as <c>@term</c>.</summary>
internal static class SearchFilter
{
    private const int MaximumLength = 200;

    public static Problem? Check(string? q) =>
        q?.Length > MaximumLength ? Problem.Validation("q", $"The text to search for has at most {MaximumLength} characters.") : null;

    /// <summary>Null where nothing is searched for; what holds no word is found nowhere.</summary>
    public static string? Where(Dialect dialect, string? q, string table, string alias) =>
        string.IsNullOrWhiteSpace(q) ? null : dialect.SearchTerm(q) is null ? "FALSE" : dialect.Matches(table, alias, "@term");
}
