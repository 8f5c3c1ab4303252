using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>
/// Reads lists that answer <see cref="Page{T}"/> over HTTP, page by page through <c>nextCursor</c>. Waits and asks again when it is refused
/// with 429, or with 503 and <c>Retry-After</c>: never earlier than <c>Retry-After</c> says; without it after 1 s, 2 s, 4 s and so on,
/// each with some scatter. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A page that cannot be had is a <see cref="PagedClientException"/>, whatever the cause: an error status, a broken connection, the
/// <see cref="HttpClient.Timeout"/>, which holds for each attempt and its body, or an answer that is no page.
/// </remarks>
[SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads of System.Net.Http.Json: required parameters tell them apart.")]
public sealed class PagedClient
{
    private const string Reflection = "JSON is read by reflection. Use the overload that takes a JsonTypeInfo.";

    private readonly PageFetcher _fetcher;

    /// <summary>Uses a client, which stays the caller's: its base address, headers and handlers apply, and it is not disposed.</summary>
    public PagedClient(HttpClient client, PagedClientOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _fetcher = new(client, options ?? new(), time ?? TimeProvider.System);
    }

    /// <summary>Every row from <paramref name="requestUri"/> on, read page by page as the caller goes on.</summary>
    /// <param name="requestUri">
    /// The first page. Its query is kept for the further ones, but for <c>offset</c> and <c>cursor</c>; its fragment is dropped.
    /// </param>
    /// <param name="typeInfo">How a page is read.</param>
    /// <param name="cancellationToken">Ends the walk between pages and between rows, and any request or wait.</param>
    /// <exception cref="PagedClientException">Thrown on the way: a page cannot be had.</exception>
    /// <exception cref="InvalidOperationException">Thrown on the way: a page leads back to where the walk has been.</exception>
    public IAsyncEnumerable<T> GetAllAsync<T>(
        [StringSyntax(StringSyntaxAttribute.Uri)] string requestUri,
        JsonTypeInfo<Page<T>> typeInfo,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requestUri);
        ArgumentNullException.ThrowIfNull(typeInfo);
        return _fetcher.WalkAsync<T>(requestUri, Read(typeInfo), cancellationToken);
    }

    /// <inheritdoc cref="GetAllAsync{T}(string, JsonTypeInfo{Page{T}}, CancellationToken)" />
    /// <param name="requestUri">
    /// The first page. Its query is kept for the further ones, but for <c>offset</c> and <c>cursor</c>; its fragment is dropped.
    /// </param>
    /// <param name="options">How a page is read; <see cref="JsonSerializerOptions.Web"/> when null.</param>
    /// <param name="cancellationToken">Ends the walk between pages and between rows, and any request or wait.</param>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public IAsyncEnumerable<T> GetAllAsync<T>(
        [StringSyntax(StringSyntaxAttribute.Uri)] string requestUri,
        JsonSerializerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requestUri);
        return _fetcher.WalkAsync<T>(requestUri, Read<T>(options), cancellationToken);
    }

    /// <summary>One page, with the waits of <see cref="PagedClient"/>.</summary>
    /// <param name="requestUri">The page; its fragment is dropped.</param>
    /// <param name="typeInfo">How it is read.</param>
    /// <param name="cancellationToken">Ends the request or the wait.</param>
    /// <exception cref="PagedClientException">The page cannot be had.</exception>
    public Task<Page<T>> GetPageAsync<T>(
        [StringSyntax(StringSyntaxAttribute.Uri)] string requestUri,
        JsonTypeInfo<Page<T>> typeInfo,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requestUri);
        ArgumentNullException.ThrowIfNull(typeInfo);
        return _fetcher.FetchAsync<T>(new(requestUri), Read(typeInfo), cancellationToken);
    }

    /// <inheritdoc cref="GetPageAsync{T}(string, JsonTypeInfo{Page{T}}, CancellationToken)" />
    /// <param name="requestUri">The page; its fragment is dropped.</param>
    /// <param name="options">How it is read; <see cref="JsonSerializerOptions.Web"/> when null.</param>
    /// <param name="cancellationToken">Ends the request or the wait.</param>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<Page<T>> GetPageAsync<T>(
        [StringSyntax(StringSyntaxAttribute.Uri)] string requestUri,
        JsonSerializerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requestUri);
        return _fetcher.FetchAsync<T>(new(requestUri), Read<T>(options), cancellationToken);
    }

    private static PageReader<T> Read<T>(JsonTypeInfo<Page<T>> typeInfo) => (content, token) => content.ReadFromJsonAsync(typeInfo, token);

    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    private static PageReader<T> Read<T>(JsonSerializerOptions? options) =>
        (content, token) => content.ReadFromJsonAsync<Page<T>>(options, token);
}
