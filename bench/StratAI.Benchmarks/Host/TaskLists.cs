using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using StratAI.Benchmarks.Chat;
using StratAI.Benchmarks.RateLimiting;

namespace StratAI.Benchmarks.Host;

/// <summary>
/// A page of tasks from the reference host, with tokens and limits, against a bare minimal API that runs the same SQL and writes the same JSON; and what each
/// layer in between costs. The load comes from this process, on the cores that the servers and PostgreSQL use too: only ratios say anything.
/// </summary>
internal static class TaskLists
{
    public const string User = "bench";

    private const int Tasks = 1_200;
    private const int Connections = 16;
    private const int RequestsEach = 200;

    public static async Task RunAsync()
    {
        await using var database = await BenchDatabase.CreateAsync();
        var prefix = $"bench-{Guid.NewGuid():n}";
        var settings = new Dictionary<string, string> { ["Auth__SigningKey"] = TaskPeer.SigningKey, ["Auth__Audience"] = TaskPeer.Audience };
        await using var host = await HostChild.StartAsync(database.ConnectionString, prefix, settings);
        await using var plain = await HostChild.StartAsync($"{database.ConnectionString};Max Auto Prepare=0;No Reset On Close=false", prefix, settings);
        using var setUp = new HttpClient { BaseAddress = host.Address };
        var token = (await (await setUp.PostAsJsonAsync("/api/dev/token", new { user = User, name = "Bench" })).Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.GetValue<string>();
        setUp.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        for (var made = 0; made < Tasks; made += 100)
        {
            var batch = Enumerable.Range(made, 100).Select(i => new { title = $"Task number {i}", notes = $"What there is to say about task {i}.", priority = i % 4, dueDate = "2026-12-24" });
            (await setUp.PostAsJsonAsync("/api/tasks/batch", new { tasks = batch })).EnsureSuccessStatusCode();
        }

        await using (var analyze = database.Source.CreateCommand("VACUUM ANALYZE tasks"))
        {
            await analyze.ExecuteNonQueryAsync();
        }

        var peers = new List<WebChild>();
        try
        {
            foreach (var layer in TaskPeer.Layers)
            {
                peers.Add(await TaskPeer.StartAsync(layer, database.ConnectionString));
            }

            peers.Add(await TaskPeer.StartAsync(TaskPeer.Layers[0], $"{database.ConnectionString};Max Auto Prepare=50;No Reset On Close=true"));
            var servers = TaskPeer.Layers.Append("bare, connected as the host").Zip(peers, (layer, peer) => (Name: layer, peer.Address)).ToList();
            await CompareAsync("GET /api/tasks?limit=50", "/api/tasks?limit=50", [.. servers, ("host", host.Address), ("host, connected as bare", plain.Address)], token);
            await CompareAsync("GET /api/preferences", "/api/preferences", [servers[0], ("host", host.Address)], token);
        }
        finally
        {
            foreach (var peer in peers)
            {
                await peer.DisposeAsync();
            }
        }
    }

    private static async Task CompareAsync(string name, string path, IReadOnlyList<(string Name, Uri Address)> servers, string token)
    {
        var clients = servers.Select(server => Client(server.Address, token)).ToList();
        try
        {
            foreach (var ((server, _), client) in servers.Zip(clients))
            {
                var length = (await client.GetByteArrayAsync(path)).Length;
                Console.WriteLine($"{server} answers {length} bytes");
            }

            await Rounds.CompareAsync(
                name, Connections, RequestsEach,
                [.. servers.Zip(clients, (server, client) => (server.Name, (Func<int, ValueTask>)(async _ => await client.GetByteArrayAsync(path))))]);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static HttpClient Client(Uri address, string token) => new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections })
    {
        BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };
}
