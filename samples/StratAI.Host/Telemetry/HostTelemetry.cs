using System.Diagnostics;

namespace StratAI.Host.Telemetry;

/// <summary>The host's own telemetry. Its tags are enumerated: never an id, a user, a name of a file or a text.</summary>
internal static class HostTelemetry
{
    /// <summary>Name of the host's meter and of its activity source.</summary>
    public const string Name = "StratAI.Host";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>
    /// Wraps work that goes on when its request has ended and that takes nothing of it along: in a span of its own, a child of the one that is current
    /// now. There is one where nobody exports it too, so that log lines and outgoing requests of the work carry the request's trace id.
    /// </summary>
    public static Func<Task> Detached(string span, Func<Task> work)
    {
        var parent = Activity.Current?.Context ?? default;
        return async () =>
        {
            using var activity = Source.StartActivity(span, ActivityKind.Internal, parent) ?? Unobserved(span, parent);
            await work();
        };
    }

    private static Activity Unobserved(string span, ActivityContext parent)
    {
        var activity = new Activity(span);
        return (parent == default ? activity : activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags)).Start();
    }
}
