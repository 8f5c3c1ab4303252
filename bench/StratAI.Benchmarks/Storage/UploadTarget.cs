using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using StratAI.Benchmarks.Caching;
using StratAI.Benchmarks.Chat;

namespace StratAI.Benchmarks.Storage;

/// <summary>A process that takes uploads in over HTTP and stores them in S3.</summary>
internal sealed class UploadTarget : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly Func<HttpContent, HttpRequestMessage> _request;
    private readonly IAsyncDisposable[] _owned;

    private UploadTarget(Uri address, int processId, Func<HttpContent, HttpRequestMessage> request, params IAsyncDisposable[] owned)
    {
        _http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        (_request, _owned) = (request, owned);
        Memory = new(processId);
    }

    public ResidentMemory Memory { get; }

    /// <summary>The reference host, on PostgreSQL and Redis.</summary>
    public static async Task<UploadTarget> HostAsync(S3Space space)
    {
        var redis = await RedisSpace.OpenAsync();
        var database = await BenchDatabase.CreateAsync();
        var host = await HostChild.StartAsync(database.ConnectionString, redis.Name, space.HostSettings);
        var target = new UploadTarget(host.Address, host.ProcessId, Form, host, database, redis);
        using var response = await target._http.PostAsJsonAsync("/api/dev/token", new { user = "gardener", name = "Gardener" });
        var token = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>();
        target._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token!["accessToken"]!.GetValue<string>());
        return target;

        static HttpRequestMessage Form(HttpContent file) => new(HttpMethod.Post, "/api/documents")
        {
            Content = new MultipartFormDataContent { { file, "file", file.Headers.ContentType!.MediaType == "text/plain" ? "notes.txt" : "report.pdf" } },
        };
    }

    /// <summary>An application that hands the request's body to a client, named as in <see cref="PeerApp"/>.</summary>
    public static async Task<UploadTarget> PeerAsync(S3Space space, string client)
    {
        var peer = await PeerChild.StartAsync(space.Bucket);
        return new(peer.Address, peer.ProcessId, file => new(HttpMethod.Put, $"/{client}/{Guid.NewGuid():n}") { Content = file }, peer);
    }

    public async Task UploadAsync(string type, long length)
    {
        using var request = _request(new FileBytes(type, length));
        using var response = await _http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The upload was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }
}
