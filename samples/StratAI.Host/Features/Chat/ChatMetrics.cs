using System.Diagnostics;
using System.Diagnostics.Metrics;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Telemetry;

namespace StratAI.Host.Features.Chat;

/// <summary>What chat measures.</summary>
internal sealed class ChatMetrics
{
    private static readonly InstrumentAdvice<double> FirstText = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };
    private static readonly InstrumentAdvice<double> Whole = new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] };

    private readonly TimeProvider _time;
    private readonly UpDownCounter<long> _streams;
    private readonly UpDownCounter<long> _running;
    private readonly Histogram<double> _firstText;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _tokens;

    public ChatMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(HostTelemetry.Name);
        _streams = meter.CreateUpDownCounter<long>("stratai.host.chat.streams", "{stream}", "Streams of events that clients follow.");
        _running = meter.CreateUpDownCounter<long>("stratai.host.chat.generations.running", "{generation}", "Answers that this instance makes.");
        _firstText = meter.CreateHistogram("stratai.host.chat.first_text.duration", "s", "Time from an answer's start to its first text.", advice: FirstText);
        _duration = meter.CreateHistogram("stratai.host.chat.generation.duration", "s", "Time from an answer's start to its end.", advice: Whole);
        _tokens = meter.CreateCounter<long>("stratai.host.chat.tokens", "{token}", "Tokens that answers used, as reported or estimated.");
    }

    /// <summary>A client follows a stream, until what is returned is disposed.</summary>
    public IDisposable OpenStream() => new Stream(this);

    /// <summary>An answer begins.</summary>
    public Run Begin() => new(this);

    private sealed class Stream : IDisposable
    {
        private readonly ChatMetrics _metrics;

        public Stream(ChatMetrics metrics) => (_metrics = metrics)._streams.Add(1);

        public void Dispose() => _metrics._streams.Add(-1);
    }

    /// <summary>One answer that is made.</summary>
    internal sealed class Run
    {
        private readonly ChatMetrics _metrics;
        private readonly long _started;
        private bool _hasText;

        public Run(ChatMetrics metrics)
        {
            (_metrics, _started) = (metrics, metrics._time.GetTimestamp());
            _metrics._running.Add(1);
        }

        /// <summary>Some text has come. The first time counts.</summary>
        public void Text()
        {
            if (!_hasText)
            {
                _hasText = true;
                _metrics._firstText.Record(Elapsed);
            }
        }

        public void End(string status, TokenUsage usage)
        {
            _metrics._running.Add(-1);
            _metrics._duration.Record(Elapsed, new KeyValuePair<string, object?>("outcome", status));
            Used("input", usage.InputTokens - usage.CachedInputTokens);
            Used("cached_input", usage.CachedInputTokens);
            Used("output", usage.OutputTokens);
            Activity.Current?.SetTag("outcome", status);
        }

        private double Elapsed => _metrics._time.GetElapsedTime(_started).TotalSeconds;

        private void Used(string kind, long tokens) => _metrics._tokens.Add(tokens, new KeyValuePair<string, object?>("kind", kind));
    }
}
