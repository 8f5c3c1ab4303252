using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>What a client may do with a signed request, and what not, in every store alike.</summary>
public abstract class UploadSignerContract
{
    protected const string Type = "text/markdown";
    private static readonly byte[] Bytes = Samples.Text("# Gärten\n");
    private readonly string _prefix = $"Üb 1+%&/{Guid.NewGuid():N}/";

    protected abstract IObjectStore Store { get; }

    protected abstract IUrlSigner UrlSigner { get; }

    protected abstract IUploadSigner Signer { get; }

    /// <summary>A signer of the same store whose clock is an hour slow.</summary>
    protected abstract IUploadSigner SlowSigner { get; }

    /// <summary>Knows the address that URLs which are paths are relative to.</summary>
    protected abstract HttpClient Client { get; }

    /// <summary>The same form with an upper bound that nobody signed.</summary>
    protected abstract SignedForm WithMaximum(SignedForm form, long maximum);

    private string Key => _prefix + "Plan.md";

    [Fact]
    public async Task A_signed_put_stores_what_was_signed_again_and_again()
    {
        var signed = await SignPutAsync();
        Assert.Equal(HttpMethod.Put, signed.Method);
        Assert.InRange(signed.ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(5.1));
        foreach (var bytes in new[] { Bytes, [.. Bytes.Reverse()] })
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync(signed, bytes));
            Assert.Equal(bytes, await Store.ReadAsync(Key));
        }

        Assert.Equal(Type, (await Store.StatAsync(Key))!.ContentType);
    }

    [Fact]
    public async Task A_signed_put_of_nothing_stores_an_empty_object()
    {
        var signed = await Signer.SignPutAsync(Key, TimeSpan.FromMinutes(5), new() { Length = 0 });
        Assert.Equal(HttpStatusCode.OK, await SendAsync(signed, []));
        Assert.Equal((0, "application/octet-stream"), (await Store.StatAsync(Key)) is { } stored ? (stored.Size, stored.ContentType) : default);
    }

    [Fact]
    public async Task A_signed_put_stores_nothing_else()
    {
        var signed = await SignPutAsync();
        var url = signed.Url.OriginalString;
        var other = _prefix + "Other.md";
        var get = await UrlSigner.SignGetAsync(Key, TimeSpan.FromMinutes(5));
        var late = await SlowSigner.SignPutAsync(Key, TimeSpan.FromMinutes(50), new() { Length = Bytes.Length, ContentType = Type });

        await RefusedAsync("longer", signed, [.. Bytes, 1]);
        await RefusedAsync("shorter", signed, Bytes[1..]);
        await RefusedAsync("empty", signed, []);
        await RefusedAsync("other type", signed with { Headers = With(signed.Headers, "Content-Type", "text/html") }, Bytes);
        await RefusedAsync("no type", signed with { Headers = With(signed.Headers, "Content-Type", null) }, Bytes);
        await RefusedAsync("other key", signed with { Url = Change(url, "Plan.md", "Other.md") }, Bytes);
        await RefusedAsync("other signature", signed with { Url = new(url[..^5] + (url[^5] == 'a' ? 'b' : 'a') + url[^4..], UriKind.RelativeOrAbsolute) }, Bytes);
        await RefusedAsync("no signature", signed with { Url = new(url.Split('?')[0], UriKind.RelativeOrAbsolute) }, Bytes);
        await RefusedAsync("longer life", signed with { Url = new(Regex.Replace(url, @"xpires=\d+", "$&0"), UriKind.RelativeOrAbsolute) }, Bytes);
        await RefusedAsync("URL of GET", signed with { Url = get.Url }, Bytes);
        await RefusedAsync("URL of PUT with POST", signed with { Method = HttpMethod.Post }, Bytes);
        await RefusedAsync("expired", late, Bytes);
        Assert.Null(await Store.StatAsync(other));

        await Store.PutTextAsync(Key, "mine");
        Assert.NotEqual(HttpStatusCode.OK, (await Client.GetAsync(signed.Url)).StatusCode);
        Assert.NotEqual(HttpStatusCode.NoContent, (await Client.DeleteAsync(signed.Url)).StatusCode);
        Assert.Equal("mine", await Store.ReadTextAsync(Key));
    }

    [Fact]
    public async Task A_signed_form_stores_a_file_within_its_bounds()
    {
        var signed = await SignPostAsync(Type);
        foreach (var length in new[] { 2, 10 })
        {
            Assert.Equal(HttpStatusCode.NoContent, await SendAsync(signed, Bytes[..length]));
            Assert.Equal(Bytes[..length], await Store.ReadAsync(Key));
        }

        Assert.Equal(Type, (await Store.StatAsync(Key))!.ContentType);
    }

    [Fact]
    public async Task A_signed_form_without_a_type_stores_bytes()
    {
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(await SignPostAsync(null), Bytes[..3]));
        Assert.Equal(Bytes[..3], await Store.ReadAsync(Key));
    }

    [Fact]
    public async Task A_signed_form_stores_nothing_else()
    {
        var signed = await SignPostAsync(Type);
        var late = await SlowSigner.SignPostAsync(Key, TimeSpan.FromMinutes(50), new() { MaximumBytes = 10, ContentType = Type });
        var untyped = await SignPostAsync(null);

        await RefusedAsync("too long", signed, [.. Bytes, 1]);
        await RefusedAsync("far too long", signed, new byte[200_000]);
        await RefusedAsync("too short", signed, Bytes[..1]);
        await RefusedAsync("other bound", WithMaximum(signed, 1000), [.. Bytes, 1]);
        await RefusedAsync("other key", signed with { Fields = With(signed.Fields, "key", _prefix + "Other.md") }, Bytes[..3]);
        await RefusedAsync("other type", signed with { Fields = With(signed.Fields, "Content-Type", "text/html") }, Bytes[..3]);
        await RefusedAsync("a type unasked", untyped with { Fields = With(untyped.Fields, "Content-Type", "text/html") }, Bytes[..3]);
        await RefusedAsync("another field", signed with { Fields = With(signed.Fields, "x-amz-meta-colour", "red") }, Bytes[..3]);
        await RefusedAsync("expired", late, Bytes[..3]);
        foreach (var field in signed.Fields.Keys)
        {
            await RefusedAsync($"no {field}", signed with { Fields = With(signed.Fields, field, null) }, Bytes[..3]);
        }

        Assert.Null(await Store.StatAsync(_prefix + "Other.md"));
    }

    [Fact]
    public async Task What_cannot_be_signed_is_the_callers_mistake()
    {
        await Signer.SignPutAsync("/a", TimeSpan.FromDays(1), new() { Length = 1 }).FailsWithAsync(ObjectStoreFailure.InvalidKey);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Signer.SignPutAsync("a", TimeSpan.Zero, new() { Length = 1 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Signer.SignPutAsync("a", TimeSpan.FromDays(8), new() { Length = 1 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Signer.SignPutAsync("a", TimeSpan.FromDays(1), new() { Length = -1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => Signer.SignPutAsync("a", TimeSpan.FromDays(1), new() { Length = 1, ContentType = "x" }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Signer.SignPostAsync("a", TimeSpan.FromDays(1), new() { MinimumBytes = 2, MaximumBytes = 1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => Signer.SignPostAsync("a", TimeSpan.FromDays(1), new() { MaximumBytes = 1, ContentType = "a\nb" }));
        await Assert.ThrowsAsync<ArgumentException>(() => Signer.SignPostAsync("a/${filename}", TimeSpan.FromDays(1), new() { MaximumBytes = 1 }));
    }

    protected static Uri Change(string url, string from, string to)
    {
        var changed = url.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(url, changed);
        return new(changed, UriKind.RelativeOrAbsolute);
    }

    protected static Dictionary<string, string> With(IReadOnlyDictionary<string, string> all, string name, string? value)
    {
        var changed = all.Where(pair => pair.Key != name).ToDictionary();
        return value is null ? changed : new(changed) { [name] = value };
    }

    private Task<SignedRequest> SignPutAsync() => Signer.SignPutAsync(Key, TimeSpan.FromMinutes(5), new() { Length = Bytes.Length, ContentType = Type });

    private Task<SignedForm> SignPostAsync(string? type) =>
        Signer.SignPostAsync(Key, TimeSpan.FromMinutes(5), new() { MinimumBytes = 2, MaximumBytes = 10, ContentType = type });

    private async Task<HttpStatusCode> SendAsync(SignedRequest signed, byte[] bytes)
    {
        using var request = new HttpRequestMessage(signed.Method, signed.Url) { Content = new ByteArrayContent(bytes) };
        if (signed.Headers.TryGetValue("Content-Type", out var type))
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        using var response = await Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> SendAsync(SignedForm signed, byte[] bytes)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in signed.Fields)
        {
            var field = new StringContent(value);
            field.Headers.ContentType = null;
            form.Add(field, $"\"{name}\"");
        }

        form.Add(new ByteArrayContent(bytes), "\"file\"", "\"mine.md\"");
        using var response = await Client.PostAsync(signed.Url, form);
        return response.StatusCode;
    }

    private async Task RefusedAsync(string what, SignedRequest signed, byte[] bytes) => await RefusedAsync(what, await SendAsync(signed, bytes));

    private async Task RefusedAsync(string what, SignedForm signed, byte[] bytes) => await RefusedAsync(what, await SendAsync(signed, bytes));

    private async Task RefusedAsync(string what, HttpStatusCode status)
    {
        Assert.True((int)status is >= 400 and < 500, $"{what}: {status}");
        Assert.True(await Store.StatAsync(Key) is null, $"{what} was stored");
    }
}
