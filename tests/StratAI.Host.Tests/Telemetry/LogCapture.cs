using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>A line: its text is the message, what that was made from, and the exception.</summary>
public sealed record LogLine(string Category, LogLevel Level, string Text, IReadOnlyDictionary<string, string> Scope);

/// <summary>Keeps every line that is logged.</summary>
public sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => capture._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            var scope = new Dictionary<string, string>();
            capture._scopes.ForEachScope(
                static (item, scope) =>
                {
                    foreach (var (name, value) in item as IEnumerable<KeyValuePair<string, object?>> ?? [new("scope", item)])
                    {
                        scope[name] = scope.TryGetValue(name, out var known) ? $"{known} {value}" : $"{value}";
                    }
                },
                scope);
            capture._lines.Enqueue(new(category, logLevel, $"{formatter(state, exception)} {string.Join(' ', values)} {exception}", scope));
        }
    }
}
