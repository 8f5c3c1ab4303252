using System.Reflection;
using Microsoft.AspNetCore.Http;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>
/// What a client asks of a list: <c>limit</c>, and either <c>offset</c> or <c>cursor</c>, <c>sort</c> and <c>count</c>. A minimal API
/// endpoint or a controller action takes it as a parameter. A bad query neither throws nor fails the model state; it is in
/// <see cref="Error"/>, which <see cref="Pager.Plan"/> hands on.
/// </summary>
[PageRequestBinder]
public sealed record PageRequest : IBindableFromHttpContext<PageRequest>
{
    /// <summary>The <see cref="Limit"/> of a request that names none: 50.</summary>
    public const int DefaultLimit = 50;

    /// <summary>The most rows a page holds: 100.</summary>
    public const int MaximumLimit = 100;

    /// <summary>The most rows to answer. What is outside 1 to 100 is clamped; 50 when left out.</summary>
    public int Limit { get; init => field = Math.Clamp(value, 1, MaximumLimit); } = DefaultLimit;

    /// <summary>
    /// The rows to skip; a negative number is 0. Null in cursor mode; null without a <see cref="Cursor"/> asks for the first page in cursor
    /// mode, which only code can ask for: a query without either is offset 0.
    /// </summary>
    public int? Offset { get; init => field = value is < 0 ? 0 : value; }

    /// <summary>A cursor of an earlier page of the same list.</summary>
    public string? Cursor { get; init; }

    /// <summary>Names of sort keys, comma separated, a leading <c>-</c> for descending; null for the list's default.</summary>
    public string? Sort { get; init; }

    /// <summary>
    /// How to count the whole list. A query that does not say gets <see cref="CountMode.Exact"/> in offset mode and none in cursor mode.
    /// </summary>
    public CountMode Count { get; init; }

    /// <summary>
    /// What is wrong with the query: <c>invalid-pagination</c> or <c>pagination-conflict</c>, or <c>cursor-malformed</c> for an empty
    /// cursor.
    /// </summary>
    public PageError? Error { get; init; }

    /// <summary>Binds a minimal API parameter from the query string. Never null, never throws for what a client sent.</summary>
    public static ValueTask<PageRequest?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(Parse(context.Request.Query));
    }

    /// <summary>Reads a query string.</summary>
    public static PageRequest Parse(IQueryCollection query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return PageRequestParser.Parse(query);
    }
}
