using System.Net;

namespace StratAI.Pagination;

/// <summary>
/// A page that a <see cref="PagedClient"/> did not get. Its message has the code and detail of the server's problem document if there was
/// one. To go on where the walk failed, ask again with <see cref="Cursor"/> as <c>cursor</c>, and without <c>offset</c>.
/// </summary>
public sealed class PagedClientException : HttpRequestException
{
    internal PagedClientException(
        string message, string? cursor, string? code = null, TimeSpan? retryAfter = null, HttpStatusCode? status = null,
        HttpRequestError error = HttpRequestError.Unknown, Exception? inner = null)
        : base(error, message, inner, status) => (Cursor, Code, RetryAfter) = (cursor, code, retryAfter);

    /// <summary>The cursor of the page that failed; null when it was the first one and none was asked for.</summary>
    public string? Cursor { get; }

    /// <summary>The <c>code</c> of the server's problem document, such as <c>cursor-mismatch</c>.</summary>
    public string? Code { get; }

    /// <summary>How long the server asked to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; }
}
