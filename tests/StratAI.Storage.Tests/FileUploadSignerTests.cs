using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class FileUploadSignerTests : UploadSignerContract, IAsyncLifetime
{
    private TestWeb _web = null!;
    private TestStorage _slow = null!;

    protected override IObjectStore Store => _web.Services.GetRequiredService<IObjectStore>();

    protected override IUrlSigner UrlSigner => _web.Services.GetRequiredService<IUrlSigner>();

    protected override IUploadSigner Signer => _web.Services.GetRequiredService<IUploadSigner>();

    protected override IUploadSigner SlowSigner => _slow.UploadSigner;

    protected override HttpClient Client => _web.Client;

    public async Task InitializeAsync()
    {
        _slow = TestStorage.OnFiles(time: new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-1)));
        _web = await TestWeb.StartAsync(
            builder =>
            {
                // Far less than what is signed: the endpoints have to raise it.
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 5);
                builder.Services.AddStratAIStorage(options => options.FileSystem.Root = _slow.Options.FileSystem.Root);
            },
            app => app.MapStoredObjects());
    }

    public async Task DisposeAsync()
    {
        await _web.DisposeAsync();
        await _slow.DisposeAsync();
    }

    [Fact]
    public async Task A_body_whose_length_is_not_said_is_411()
    {
        var signed = await Signer.SignPutAsync("a", TimeSpan.FromMinutes(5), new() { Length = 3 });
        using var request = new HttpRequestMessage(HttpMethod.Put, signed.Url) { Content = new StreamContent(new SourceStream(new byte[3])) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", signed.Headers["Content-Type"]);
        request.Headers.TransferEncodingChunked = true;
        await IsProblemAsync(HttpStatusCode.LengthRequired, "length-required", request);
        Assert.Null(await Store.StatAsync("a"));
    }

    [Fact]
    public async Task A_form_is_refused_for_its_reason()
    {
        var signed = await Signer.SignPostAsync("a", TimeSpan.FromMinutes(5), new() { MinimumBytes = 2, MaximumBytes = 4 });
        await IsProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large", Form(Part("key", "a") + File("12345") + "--b--\r\n"));
        await IsProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large", Form(Part("key", "a") + File(new('x', 100_000)) + "--b--\r\n"));
        await IsProblemAsync(HttpStatusCode.BadRequest, "too-small", Form(Part("key", "a") + File("1") + "--b--\r\n"));
        await IsProblemAsync(HttpStatusCode.BadRequest, "malformed-multipart", Form(Part("key", "a") + "--b--\r\n"));
        await IsProblemAsync(HttpStatusCode.BadRequest, "malformed-multipart", Form(Part("key", "a") + File("123")[..^2]));
        await IsProblemAsync(HttpStatusCode.BadRequest, "malformed-multipart", Form(""));
        await IsProblemAsync(HttpStatusCode.BadRequest, "malformed-multipart", Form("x", "text/plain"));
        await IsProblemAsync(HttpStatusCode.Forbidden, "signature-invalid", Form(File("123") + Part("key", "a") + "--b--\r\n"));
        await IsProblemAsync(HttpStatusCode.Forbidden, "signature-invalid", Form(Part("key", "a") + Part("key", "a") + File("123") + "--b--\r\n"));
        Assert.Null(await Store.StatAsync("a"));

        HttpRequestMessage Form(string body, string type = "multipart/form-data; boundary=b")
        {
            var request = new HttpRequestMessage(HttpMethod.Post, signed.Url) { Content = new StringContent(body) };
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            return request;
        }

        static string Part(string name, string value) => $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

        static string File(string text) => $"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{text}\r\n";
    }

    [Fact]
    public async Task A_client_that_hangs_up_leaves_nothing()
    {
        var signed = await Signer.SignPutAsync("a", TimeSpan.FromMinutes(5), new() { Length = 1_000_000, ContentType = "text/plain" });
        var temporary = Path.Combine(_slow.Options.FileSystem.Root, ".tmp");
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port);
            var head = $"PUT {signed.Url.OriginalString} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + new string('x', 200_000)));
            for (var started = Stopwatch.GetTimestamp(); !Directory.Exists(temporary) || !Directory.EnumerateFiles(temporary).Any(); await Task.Yield())
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "The upload has not begun in time.");
            }
        }

        // Waits for the request to end.
        await _web.DisposeAsync();
        Assert.Null(await _slow.Store.StatAsync("a"));
        Assert.Empty(Directory.EnumerateFiles(temporary));
    }

    protected override SignedForm WithMaximum(SignedForm form, long maximum) =>
        form with { Url = Change(form.Url.OriginalString, "maximum=10", $"maximum={maximum}") };

    private async Task IsProblemAsync(HttpStatusCode status, string code, HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        request.Dispose();
        Assert.Equal((status, code), (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }
}
