using System.Text.Json.Serialization;

namespace StratAI.Pagination;

/// <summary>The envelope of every list: the rows of one page, and where it lies in the list.</summary>
/// <typeparam name="T">A row.</typeparam>
/// <param name="Data">The rows, in the list's order whatever the direction of travel.</param>
/// <param name="Pagination">Where the page lies, and how to go on.</param>
public sealed record Page<T>(
    [property: JsonPropertyName("data")] IReadOnlyList<T> Data,
    [property: JsonPropertyName("pagination")] PageInfo Pagination)
{
    /// <summary>The same page with every row mapped, for rows that are not what the API shows.</summary>
    public Page<TOut> Select<TOut>(Func<T, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var mapped = new TOut[Data.Count];
        for (var i = 0; i < mapped.Length; i++)
        {
            mapped[i] = map(Data[i]);
        }

        return new(mapped, Pagination);
    }
}
