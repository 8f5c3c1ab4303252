using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using StratAI.Benchmarks.Chat;
using StratAI.Benchmarks.Storage;

namespace StratAI.Benchmarks.Host;

/// <summary>How long a question waits for its answer's first events over what the model itself takes, and what an open stream costs in memory.</summary>
internal static class ChatStreams
{
    private const int Questions = 300;
    private const int Open = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task RunAsync()
    {
        await TimeAsync();
        await WeighAsync();
    }

    private static async Task TimeAsync()
    {
        await using var database = await BenchDatabase.CreateAsync();
        await using var model = await ModelServer.StartAsync(staysOpen: false);
        await using var host = await HostChild.StartAsync(database.ConnectionString, $"bench-{Guid.NewGuid():n}", Settings(model));
        using var user = await ChatUser.CreateAsync(host.Address);
        using var direct = new HttpClient { BaseAddress = model.Address };
        var (bare, start, delta) = (new List<double>(), new List<double>(), new List<double>());
        for (var question = -30; question < Questions; question++)
        {
            var asked = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(new { model = "bench", stream = true }) };
            using var response = await direct.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            {
                Add(bare, asked, item.Data.Contains("Water", StringComparison.Ordinal));
            }

            asked = Stopwatch.GetTimestamp();
            await foreach (var item in user.AskEventsAsync())
            {
                Add(start, asked, item.EventType == "start");
                Add(delta, asked, item.EventType == "delta");
            }

            void Add(List<double> times, long since, bool counts)
            {
                if (counts && question >= 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                }
            }
        }

        Console.WriteLine("| | median | p95 |");
        Console.WriteLine("|---|---:|---:|");
        foreach (var (name, times) in new[] { ("the model's first word, asked directly", bare), ("`start`", start), ("first `delta`", delta) })
        {
            times.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {times[times.Count / 2]:F1} ms | {times[times.Count * 95 / 100]:F1} ms |"));
        }
    }

    private static async Task WeighAsync()
    {
        await using var database = await BenchDatabase.CreateAsync();
        await using var model = await ModelServer.StartAsync(staysOpen: true);
        await using var host = await HostChild.StartAsync(database.ConnectionString, $"bench-{Guid.NewGuid():n}", Settings(model));
        using var user = await ChatUser.CreateAsync(host.Address);
        var memory = new ResidentMemory(host.ProcessId);
        var streams = new List<Task>();
        using var limit = new CancellationTokenSource(Patience);
        // What the first streams cost is code and pools, not streams.
        await OpenAsync(50);
        var before = memory.Now;
        await OpenAsync(Open);
        var after = memory.Now;
        model.Finish();
        await Task.WhenAll(streams);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Open} open streams: {before / 1e6:F0} MB before, {after / 1e6:F0} MB with them, {(after - before) / 1e3 / Open:F0} KB each; all {streams.Count} ended"));

        async Task OpenAsync(int count)
        {
            for (var left = count; left > 0; left -= 25)
            {
                var begun = Enumerable.Range(0, Math.Min(25, left)).Select(_ => new TaskCompletionSource()).ToList();
                streams.AddRange(begun.Select(first => Task.Run(() => FollowAsync(first))));
                await Task.WhenAll(begun.Select(first => first.Task)).WaitAsync(limit.Token);
            }
        }

        async Task FollowAsync(TaskCompletionSource first)
        {
            var last = "";
            try
            {
                await foreach (var item in user.AskEventsAsync(anew: true).WithCancellation(limit.Token))
                {
                    last = item.EventType;
                    if (last == "delta")
                    {
                        first.TrySetResult();
                    }
                }
            }
            catch (Exception error)
            {
                first.TrySetException(error);
                throw;
            }

            if (last != "done")
            {
                throw new InvalidOperationException($"An answer ended with '{last}'.");
            }
        }
    }

    private static Dictionary<string, string> Settings(ModelServer model) => new()
    {
        ["Chat__Provider"] = "openai",
        ["Chat__OpenAI__BaseUrl"] = $"{model.Address}v1",
        ["Chat__OpenAI__ApiKey"] = "bench",
        ["Chat__OpenAI__Model"] = "bench",
        // Clients and model share the host's cores: a limit that is slow to be decided must not count as an outage of Redis.
        ["Limits__RedisTimeout"] = "00:00:05",
        // The model is silent until all streams are open.
        ["Chat__OpenAI__SilenceTimeout"] = "00:05:00",
    };
}
