using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace StratAI.Pagination.Internal;

/// <summary>Reads the page in an answer's body.</summary>
internal delegate Task<Page<T>?> PageReader<T>(HttpContent content, CancellationToken cancellationToken);

/// <summary>Reads pages over HTTP for <see cref="PagedClient"/>, and waits where the server asks for it.</summary>
internal sealed class PageFetcher(HttpClient client, PagedClientOptions options, TimeProvider time)
{
    public async IAsyncEnumerable<T> WalkAsync<T>(
        string first, PageReader<T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var address = new PageAddress(first);
        var loop = new CursorLoop();
        if (address.Cursor is { } start)
        {
            loop.Pass(start);
        }

        while (true)
        {
            var page = await FetchAsync(address, read, cancellationToken).ConfigureAwait(false);
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
            address = address.At(next);
        }
    }

    public async Task<Page<T>> FetchAsync<T>(PageAddress address, PageReader<T> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (page, wait) = await TryAsync(address, read, attempt, cancellationToken).ConfigureAwait(false);
            if (page is not null)
            {
                return page;
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The page, or how long to wait for it.</summary>
    private async Task<(Page<T>? Page, TimeSpan Wait)> TryAsync<T>(
        PageAddress address, PageReader<T> read, int attempt, CancellationToken cancellationToken)
    {
        // The client's own timeout ends with the headers when the body is streamed.
        using var timeout = new CancellationTokenSource(client.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await client.GetAsync(address.Text, HttpCompletionOption.ResponseHeadersRead, linked.Token)
                .ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return (await ReadAsync(address, response, read, linked.Token).ConfigureAwait(false), TimeSpan.Zero);
            }

            var asked = RetryDelay.Asked(response, time);
            return attempt < options.MaximumAttempts && RetryDelay.Of(response.StatusCode, asked, attempt, options.MaximumDelay) is { } wait
                ? (null, wait)
                : throw await RefusedAsync(address, response, asked, attempt, linked.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception is not PagedClientException)
        {
            throw Failed(address, exception.Message, exception, exception.HttpRequestError, exception.StatusCode);
        }
        catch (IOException exception)
        {
            throw Failed(address, exception.Message, exception, (exception as HttpIOException)?.HttpRequestError ?? HttpRequestError.Unknown);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(address, "no answer within the client's timeout.", exception);
        }
    }

    private static async Task<Page<T>> ReadAsync<T>(
        PageAddress address, HttpResponseMessage response, PageReader<T> read, CancellationToken cancellationToken)
    {
        Page<T>? page;
        try
        {
            page = await read(response.Content, cancellationToken).ConfigureAwait(false);
        }
        // An unknown charset is an InvalidOperationException.
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw NoPage(exception);
        }

        // JSON without the members leaves them null, whatever their types say.
        return page is { Data: not null, Pagination: not null } ? page : throw NoPage(null);

        PagedClientException NoPage(Exception? inner)
        {
            var type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
            var what = $"the answer ({Describe(response.StatusCode)}, {type}) is no page.";
            return Failed(address, what, inner, HttpRequestError.InvalidResponse, response.StatusCode);
        }
    }

    private static async Task<PagedClientException> RefusedAsync(
        PageAddress address, HttpResponseMessage response, TimeSpan? asked, int attempt, CancellationToken cancellationToken)
    {
        var problem = await ProblemSummary.ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
        var message = $"GET {address.Path} was answered {Describe(response.StatusCode)}"
            + (attempt > 1 ? $" {attempt} times" : "")
            + (problem.Code is { } code ? $", {code}" : "")
            + (problem.Detail is { } detail ? $": {detail}" : ".");
        return new(message, address.Cursor, problem.Code, asked, response.StatusCode);
    }

    private static PagedClientException Failed(
        PageAddress address,
        string what,
        Exception? inner,
        HttpRequestError error = HttpRequestError.Unknown,
        HttpStatusCode? status = null) =>
        new($"GET {address.Path} failed: {what}", address.Cursor, status: status, error: error, inner: inner);

    private static string Describe(HttpStatusCode status) => $"{(int)status} {status}";
}
