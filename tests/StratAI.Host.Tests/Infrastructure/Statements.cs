using System.Collections.Concurrent;
using System.Diagnostics;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Hears of the statements that instances in this process send to PostgreSQL, by the request that they belong to.</summary>
public sealed class Statements : IDisposable
{
    private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<string>> _byTrace = new();
    private readonly ActivityListener _listener;

    public Statements()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if ((activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string text && _byTrace.TryGetValue(activity.TraceId, out var statements))
                {
                    statements.Enqueue(text);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The statements of the request that <paramref name="send"/> makes with the header it is given.</summary>
    public async Task<(Answer Answer, IReadOnlyList<string> Statements)> OfAsync(Func<(string, string), Task<Answer>> send)
    {
        var trace = ActivityTraceId.CreateRandom();
        var statements = _byTrace[trace] = new();
        var answer = await send(("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        return (answer, [.. statements]);
    }

    public void Dispose() => _listener.Dispose();
}
