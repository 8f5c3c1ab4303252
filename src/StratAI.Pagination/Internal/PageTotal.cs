using System.Data.Common;
using System.Globalization;
using System.Text.Json;

namespace StratAI.Pagination.Internal;

/// <summary>What the database answered when asked how many rows there are: a number that it counted, or one that its planner expects.</summary>
internal readonly record struct PageCount(long Rows, bool IsPlanned);

/// <summary>How many rows the whole list has, and how sure that is.</summary>
internal readonly record struct PageTotal(long? Rows, TotalPrecision Precision)
{
    /// <summary>The most rows that a capped count looks at, less the one that proves there are more.</summary>
    public const int Cap = 10_000;

    /// <summary>Combines what was counted with what the page itself shows.</summary>
    /// <param name="query">The page.</param>
    /// <param name="counted">What the database answered; null when no count was made.</param>
    /// <param name="read">The rows that came, including the one that is not answered.</param>
    public static PageTotal Of<T>(PageQuery<T> query, PageCount? counted, int read)
    {
        if (counted is not { } count)
        {
            return new(null, TotalPrecision.Exact);
        }

        // Without a position the rows before the page are known. Where the page then is the last, so is the total.
        var start = query.Position is null ? query.Offset ?? 0 : (int?)null;
        var seen = (start ?? 0L) + read;
        return query.Count switch
        {
            CountMode.Estimated when start is not null && read <= query.Limit && (read > 0 || start == 0) => new(seen, TotalPrecision.Exact),
            CountMode.Estimated when count.IsPlanned => new(Math.Max(count.Rows, read == 0 ? 0 : seen), TotalPrecision.Estimated),
            CountMode.Capped or CountMode.Estimated when count.Rows > Cap => new(Math.Max(Cap, read == 0 ? 0 : seen), TotalPrecision.AtLeast),
            _ => new(count.Rows, TotalPrecision.Exact),
        };
    }

    /// <summary>Reads the one value of the second result set: a number, or the planner's description of the statement.</summary>
    public static async Task<PageCount> ReadAsync(DbDataReader reader, CancellationToken cancellation)
    {
        if (!await reader.NextResultAsync(cancellation).ConfigureAwait(false) || !await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            throw new InvalidOperationException("The statement's second result set, its count, is missing. Run the whole text.");
        }

        return reader.GetValue(0) switch
        {
            string plan => new(PlannedRows(plan), IsPlanned: true),
            var number => new(Convert.ToInt64(number, CultureInfo.InvariantCulture), IsPlanned: false),
        };
    }

    private static long PlannedRows(string plan)
    {
        using var document = JsonDocument.Parse(plan);
        return (long)document.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }
}
