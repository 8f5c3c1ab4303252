using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class StoredObjectResultTests : IAsyncLifetime
{
    private readonly TestStorage _storage = TestStorage.OnFiles();
    private TestWeb _web = null!;
    private ObjectInfo _digits = null!;

    public async Task InitializeAsync()
    {
        _digits = await _storage.Store.PutTextAsync("digits", "0123456789", new() { ContentType = "text/plain" });
        _web = await TestWeb.StartAsync(
            _ => { },
            app => app.MapMethods("/{key}", ["GET", "HEAD"], (string key, string? name, bool? attachment, string? type, string? cache) =>
                new StoredObjectResult(_storage.Store, key)
                {
                    FileName = name,
                    Attachment = attachment ?? false,
                    ContentType = type,
                    CacheControl = cache ?? "private, no-cache",
                }));
    }

    public async Task DisposeAsync()
    {
        await _web.DisposeAsync();
        await _storage.DisposeAsync();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Get_and_head_answer_the_same_headers(string method)
    {
        using var response = await SendAsync(method, "/digits?name=zahlen.txt");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(method == "GET" ? "0123456789" : "", await response.Content.ReadAsStringAsync());
        Assert.Equal(10, response.Content.Headers.ContentLength);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.ToString());
        Assert.Equal($"\"{_digits.ETag}\"", response.Headers.ETag!.ToString());
        Assert.Equal(_digits.LastModified.ToUnixTimeSeconds(), response.Content.Headers.LastModified!.Value.ToUnixTimeSeconds());
        Assert.Equal("bytes", Header(response, "Accept-Ranges"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'; sandbox", Header(response, "Content-Security-Policy"));
        Assert.Equal("inline; filename=zahlen.txt; filename*=UTF-8''zahlen.txt", Header(response, "Content-Disposition"));
        Assert.Equal("no-cache, private", string.Join(", ", response.Headers.CacheControl!.ToString().Split(", ").Order()));
    }

    [Theory]
    [InlineData("bytes=0-3", "0123", "bytes 0-3/10")]
    [InlineData("bytes=7-", "789", "bytes 7-9/10")]
    [InlineData("bytes=-4", "6789", "bytes 6-9/10")]
    [InlineData("bytes=-40", "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=8-400", "89", "bytes 8-9/10")]
    [InlineData("BYTES=1-1", "1", "bytes 1-1/10")]
    public async Task A_range_is_206(string range, string expected, string contentRange)
    {
        using var response = await SendAsync("GET", "/digits", ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
        Assert.Equal(contentRange, response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(expected.Length, response.Content.Headers.ContentLength);
        Assert.Equal($"\"{_digits.ETag}\"", response.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("bytes=0-1,4-5")]
    [InlineData("bytes=4-2")]
    [InlineData("bytes=x")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=99999999999999999999-")]
    public async Task What_is_not_one_readable_range_is_answered_with_all(string range)
    {
        using var response = await SendAsync("GET", "/digits", ("Range", range));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("0123456789", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("digits", "bytes=10-", "bytes */10")]
    [InlineData("digits", "bytes=-0", "bytes */10")]
    [InlineData("empty", "bytes=0-", "bytes */0")]
    public async Task A_range_outside_the_object_is_416(string key, string range, string contentRange)
    {
        await _storage.Store.PutTextAsync("empty", "");

        using var response = await SendAsync("GET", "/" + key, ("Range", range));

        await AssertProblemAsync(response, HttpStatusCode.RequestedRangeNotSatisfiable, "range-not-satisfiable");
        Assert.Equal(contentRange, response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task Head_ignores_a_range()
    {
        using var response = await SendAsync("HEAD", "/digits", ("Range", "bytes=20-"));

        Assert.Equal((HttpStatusCode.OK, 10L), (response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task If_range_serves_the_part_only_of_the_same_object()
    {
        var etag = $"\"{_digits.ETag}\"";
        var modified = _digits.LastModified.ToString("R");

        Assert.Equal(HttpStatusCode.PartialContent, await StatusAsync(("Range", "bytes=2-3"), ("If-Range", etag)));
        Assert.Equal(HttpStatusCode.PartialContent, await StatusAsync(("Range", "bytes=2-3"), ("If-Range", modified)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=2-3"), ("If-Range", "\"other\"")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=2-3"), ("If-Range", "W/" + etag)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=2-3"), ("If-Range", _digits.LastModified.AddDays(1).ToString("R"))));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=20-"), ("If-Range", "\"other\"")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Range", "bytes=2-3"), ("If-Range", "nonsense")));
    }

    [Fact]
    public async Task Conditions_are_answered_with_304_and_412()
    {
        var etag = $"\"{_digits.ETag}\"";
        var (modified, before) = (_digits.LastModified.ToString("R"), _digits.LastModified.AddDays(-1).ToString("R"));

        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(("If-None-Match", etag)));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(("If-None-Match", $"\"x\", W/{etag}")));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(("If-None-Match", "*")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("If-None-Match", "\"x\"")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("If-None-Match", "\"x\""), ("If-Modified-Since", modified)));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(("If-Modified-Since", modified)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("If-Modified-Since", before)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("If-Match", etag)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("If-Match", "*")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(("If-Match", "\"x\"")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(("If-Match", "W/" + etag)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("If-Unmodified-Since", modified)));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(("If-Unmodified-Since", before)));

        using var notModified = await SendAsync("GET", "/digits?cache=max-age=60", ("If-None-Match", etag));
        Assert.Equal((etag, "max-age=60"), (notModified.Headers.ETag!.ToString(), notModified.Headers.CacheControl!.ToString()));
        Assert.Empty(await notModified.Content.ReadAsByteArrayAsync());
        using var failed = await SendAsync("GET", "/digits", ("If-Match", "\"x\""));
        await AssertProblemAsync(failed, HttpStatusCode.PreconditionFailed, "precondition-failed");
    }

    [Theory]
    [InlineData("text/html", "attachment")]
    [InlineData("text/html; charset=utf-8", "attachment")]
    [InlineData("image/svg+xml", "attachment")]
    [InlineData("application/xhtml+xml", "attachment")]
    [InlineData("application/xml", "attachment")]
    [InlineData("image/png", "inline")]
    [InlineData("application/pdf", "inline")]
    public async Task Only_what_runs_no_script_is_shown(string type, string disposition)
    {
        await _storage.Store.PutTextAsync("typed", "x", new() { ContentType = type });

        using var stored = await SendAsync("GET", "/typed");
        using var overridden = await SendAsync("GET", "/digits?type=" + Uri.EscapeDataString(type));
        using var download = await SendAsync("GET", "/typed?attachment=true");

        Assert.Equal((disposition, type), (Header(stored, "Content-Disposition"), stored.Content.Headers.ContentType!.ToString()));
        Assert.Equal((disposition, type), (Header(overridden, "Content-Disposition"), overridden.Content.Headers.ContentType!.ToString()));
        Assert.Equal("attachment", Header(download, "Content-Disposition"));
        Assert.Equal("nosniff", Header(stored, "X-Content-Type-Options"));
        Assert.Equal(type != "application/pdf", Header(stored, "Content-Security-Policy").Contains("sandbox", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Übersicht 2026.pdf", "inline; filename=\"_bersicht 2026.pdf\"; filename*=UTF-8''%C3%9Cbersicht%202026.pdf")]
    [InlineData("a\"b\\c.txt", "inline; filename=\"a\\\"b_c.txt\"; filename*=UTF-8''a%22b_c.txt")]
    [InlineData("../../etc/passwd", "inline; filename=\".._.._etc_passwd\"; filename*=UTF-8''.._.._etc_passwd")]
    [InlineData("a\r\nSet-Cookie: x=1", "inline; filename=\"a__Set-Cookie: x=1\"; filename*=UTF-8''a__Set-Cookie%3A%20x%3D1")]
    public async Task A_file_name_is_encoded_by_rfc_6266(string name, string expected)
    {
        using var response = await SendAsync("GET", "/digits?name=" + Uri.EscapeDataString(name));

        Assert.Equal(expected.Replace("\"", "", StringComparison.Ordinal), Header(response, "Content-Disposition").Replace("\"", "", StringComparison.Ordinal));
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("HEAD", null)]
    [InlineData("GET", "bytes=0-1")]
    public async Task A_missing_object_is_404(string method, string? range)
    {
        using var response = await SendAsync(method, "/missing", ("Range", range));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        if (method == "GET")
        {
            await AssertProblemAsync(response, HttpStatusCode.NotFound, "not-found");
        }
    }

    [Fact]
    public async Task An_object_replaced_between_look_up_and_read_is_answered_whole_and_new()
    {
        var store = new ScriptedStore
        {
            Stat = () => new() { Key = "k", Size = 10, ETag = "old", LastModified = DateTimeOffset.UnixEpoch },
            Get = range => new(
                new() { Key = "k", Size = 6, ETag = "new", LastModified = DateTimeOffset.UnixEpoch },
                new MemoryStream(range is null ? "abcdef"u8.ToArray() : "ef"u8.ToArray()),
                range is null ? null : new(4, 2)),
        };
        await using var web = await TestWeb.StartAsync(_ => { }, app => app.MapGet("/", () => new StoredObjectResult(store, "k")));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Range = new(4, 8) } };
        using var response = await web.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, "\"new\""), (response.StatusCode, response.Headers.ETag!.ToString()));
        Assert.Equal("abcdef", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_reading()
    {
        var stream = new EndlessStream();
        var store = new ScriptedStore { Get = _ => new(new() { Key = "k", Size = long.MaxValue, ETag = "e", LastModified = DateTimeOffset.UnixEpoch }, stream) };
        await using var web = await TestWeb.StartAsync(_ => { }, app => app.MapGet("/", () => new StoredObjectResult(store, "k")));

        using (var response = await web.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await stream.Disposed.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_store_that_fails_meanwhile_breaks_the_answer_off_rather_than_shortening_it()
    {
        var source = new SourceStream(new byte[100_000]) { StopAt = 70_000, Failure = new ObjectStoreException(ObjectStoreFailure.Unavailable, "gone") };
        var store = new ScriptedStore { Get = _ => new(new() { Key = "k", Size = 100_000, ETag = "e", LastModified = DateTimeOffset.UnixEpoch }, source) };
        await using var web = await TestWeb.StartAsync(_ => { }, app => app.MapGet("/", () => new StoredObjectResult(store, "k")));

        await Assert.ThrowsAsync<HttpRequestException>(() => web.Client.GetByteArrayAsync("/"));
    }

    private async Task<HttpStatusCode> StatusAsync(params (string, string?)[] headers)
    {
        using var response = await SendAsync("GET", "/digits", headers);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string url, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), url);
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _web.Client.SendAsync(request);
    }

    private static string Header(HttpResponseMessage response, string name) =>
        Assert.Single(response.Headers.TryGetValues(name, out var values) ? values : response.Content.Headers.GetValues(name));

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }
}
