using System.Runtime.CompilerServices;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>Walks whole lists.</summary>
public static class Pages
{
    /// <summary>
    /// Every row of a list, read page by page as the caller goes on. Nothing is read ahead, and no page but the first is counted. A row
    /// that exists throughout is met once, as with any walk by cursor.
    /// </summary>
    /// <param name="read">Reads the page that is asked for.</param>
    /// <param name="first">
    /// Where to start, how many rows to read at a time, and in which order; null for the start of the list in pages of
    /// <see cref="PageRequest.MaximumLimit"/> rows. Of a request by offset the first page is read so, the rest by cursor.
    /// </param>
    /// <param name="cancellationToken">Ends the walk between pages and between rows, and is handed to <paramref name="read"/>.</param>
    /// <exception cref="InvalidOperationException">Thrown on the way: a page leads back to where the walk has been.</exception>
    public static IAsyncEnumerable<T> EnumerateAsync<T>(
        Func<PageRequest, CancellationToken, Task<Page<T>>> read, PageRequest? first = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        return WalkAsync(read, first ?? new() { Limit = PageRequest.MaximumLimit }, cancellationToken);
    }

    private static async IAsyncEnumerable<T> WalkAsync<T>(
        Func<PageRequest, CancellationToken, Task<Page<T>>> read,
        PageRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var loop = new CursorLoop();
        if (request.Cursor is { } start)
        {
            loop.Pass(start);
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await read(request, cancellationToken).ConfigureAwait(false);
            foreach (var row in page.Data)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return row;
            }

            if (page.Pagination.NextCursor is not { } next)
            {
                yield break;
            }

            loop.Pass(next);
            request = request with { Offset = null, Cursor = next, Count = CountMode.None };
        }
    }
}
