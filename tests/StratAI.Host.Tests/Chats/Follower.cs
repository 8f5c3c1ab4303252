using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Chats;

/// <summary>A client as an <c>EventSource</c> is: when its stream breaks it comes again, with the id of the last event, until it has the end.</summary>
internal static class Follower
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Reads from <paramref name="after"/> on, without coming again.</summary>
    public static async Task<List<SseItem<string>>> ReadAsync(ApiClient user, Guid answer, long after = 0, int most = int.MaxValue, CancellationToken cancellation = default)
    {
        var read = new List<SseItem<string>>();
        await ReadAsync(user, answer, after, most, read, null, cancellation);
        return read;
    }

    /// <summary>Reads from the first event on. Ends when that has come; the task it returns ends with the stream.</summary>
    public static async Task<Task<List<SseItem<string>>>> BeginAsync(ApiClient user, Guid answer)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadAllAsync();
        await (await Task.WhenAny(begun.Task, reading)).WaitAsync(Patience);
        return reading;

        async Task<List<SseItem<string>>> ReadAllAsync()
        {
            var read = new List<SseItem<string>>();
            await ReadAsync(user, answer, 0, int.MaxValue, read, begun, default);
            return read;
        }
    }

    /// <summary>Reads all of it from instances chosen at random, going away at random.</summary>
    public static async Task<List<SseItem<string>>> FollowAsync(IReadOnlyList<ApiClient> instances, Guid answer, int seed)
    {
        using var patience = new CancellationTokenSource(Patience);
        var random = new Random(seed);
        var read = new List<SseItem<string>>();
        while (read.Count == 0 || read[^1].EventType is not ("done" or "error"))
        {
            Assert.False(patience.IsCancellationRequested, $"No end of the stream has come (seed {seed}, {read.Count} events).");
            var after = read.Count == 0 ? 0 : long.Parse(read[^1].EventId!, CultureInfo.InvariantCulture);
            try
            {
                await ReadAsync(instances[random.Next(instances.Count)], answer, after, random.Next(1, 40), read, null, patience.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The pause before a client comes again.
                await Task.Delay(100, patience.Token);
            }
        }

        return read;
    }

    private static async Task ReadAsync(ApiClient user, Guid answer, long after, int most, List<SseItem<string>> read, TaskCompletionSource? begun, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/chat/{answer}/events");
        if (after > 0)
        {
            request.Headers.Add("Last-Event-ID", $"{after}");
        }

        using var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            throw new HttpRequestException("Not now.");
        }

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellation)).EnumerateAsync(cancellation))
        {
            read.Add(item);
            begun?.TrySetResult();
            if (--most == 0)
            {
                return;
            }
        }
    }
}
