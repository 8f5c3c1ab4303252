using System.Diagnostics;
using StratAI.Host.Hosting;

namespace StratAI.Host.Telemetry;

/// <summary>The scope of a request's log lines.</summary>
internal sealed record RequestScope(string RequestId);

/// <summary>
/// What every log line carries beside its own: the instance, the trace and the id of the request. Scopes of the framework are left out, as they hold
/// addresses with the ids that are in them.
/// </summary>
internal sealed class LogScopes(InstanceIdentity instance) : IExternalScopeProvider
{
    private readonly LoggerExternalScopeProvider _requests = new();

    public IDisposable Push(object? state) => state is RequestScope ? _requests.Push(state) : Nothing.Instance;

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        var values = new Values { new("Instance", instance.Name) };
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            values.Add(new("TraceId", activity.TraceId.ToHexString()));
            values.Add(new("SpanId", activity.SpanId.ToHexString()));
        }

        _requests.ForEachScope(static (scope, values) => values.Add(new("RequestId", ((RequestScope)scope!).RequestId)), values);
        callback(values, state);
    }

    private sealed class Values : List<KeyValuePair<string, object?>>
    {
        public override string ToString() => string.Join(' ', this.Select(value => $"{value.Key}:{value.Value}"));
    }

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}
