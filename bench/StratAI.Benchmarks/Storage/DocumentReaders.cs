using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace StratAI.Benchmarks.Storage;

/// <summary>Readers of documents at a fixed rate, whatever the answers take: a list, a document, and the bytes of one, in turn.</summary>
internal sealed class DocumentReaders : IDisposable
{
    private const int Readers = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http;
    private readonly List<Guid> _documents = [];

    private DocumentReaders(Uri address) => _http = new() { BaseAddress = address };

    public static async Task<DocumentReaders> CreateAsync(Uri address)
    {
        var readers = new DocumentReaders(address);
        using var token = await readers._http.PostAsJsonAsync("/api/dev/token", new { user = "generated", name = "Generated" });
        var body = await token.Content.ReadFromJsonAsync<JsonObject>();
        readers._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body!["accessToken"]!.GetValue<string>());
        var list = await readers._http.GetFromJsonAsync<JsonObject>("/api/documents?limit=100&sort=size");
        // Small ones, so that what is measured is waiting rather than transfer, and none that is broken.
        foreach (var id in list!["data"]!.AsArray().Select(document => document!["id"]!.GetValue<Guid>()))
        {
            using var content = await readers._http.GetAsync($"/api/documents/{id}/content");
            if (content.IsSuccessStatusCode)
            {
                readers._documents.Add(id);
            }
        }

        return readers;
    }

    /// <summary>Milliseconds of every read, from when it was due.</summary>
    public async Task<List<double>> ReadAsync(CancellationToken stop)
    {
        var times = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => ReadAsync(reader, times, stop)));
        return [.. times];
    }

    public void Dispose() => _http.Dispose();

    private async Task ReadAsync(int reader, ConcurrentBag<double> times, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        for (var read = 0; !stop.IsCancellationRequested; read++)
        {
            var due = Interval * (read + ((double)reader / Readers));
            if (due - Stopwatch.GetElapsedTime(started) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, CancellationToken.None);
            }

            var document = _documents[((read * Readers) + reader) % _documents.Count];
            var path = (read % 3) switch { 0 => "/api/documents?limit=20", 1 => $"/api/documents/{document}", _ => $"/api/documents/{document}/content" };
            using var response = await _http.GetAsync(path, CancellationToken.None);
            await response.Content.CopyToAsync(Stream.Null, CancellationToken.None);
            times.Add((Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds);
        }
    }
}
