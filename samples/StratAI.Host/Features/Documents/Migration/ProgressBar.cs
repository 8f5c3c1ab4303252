using StratAI.Storage.Migration;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>A line that is rewritten on a terminal, and now and then a line of its own where the output goes to a file.</summary>
internal sealed class ProgressBar(TextWriter output, bool redirected) : IProgress<MigrationProgress>, IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private TimeSpan _written = -LineInterval;
    private MigrationProgress? _last;
    private int _length;

    public void Report(MigrationProgress value)
    {
        _last = value;
        if (redirected)
        {
            if (value.Elapsed - _written >= LineInterval)
            {
                _written = value.Elapsed;
                _last = null;
                output.WriteLine(Text(value));
            }

            return;
        }

        var share = value.Total == 0 ? 1 : (double)value.Done / value.Total;
        var filled = (int)(share * Width);
        var line = $"[{new string('#', filled)}{new string('-', Width - filled)}] {Text(value)}";
        // What the last line was longer by is overwritten.
        output.Write($"\r{line.PadRight(_length)}");
        _length = line.Length;
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (redirected && _last is not null)
        {
            output.WriteLine(Text(_last));
            _last = null;
        }

        if (_length > 0)
        {
            output.WriteLine();
            _length = 0;
        }
    }

    private static string Text(MigrationProgress value)
    {
        var seconds = Math.Max(0.001, value.Elapsed.TotalSeconds);
        var share = value.Total == 0 ? 1 : (double)value.Done / value.Total;
        var left = value.Done == 0 ? "" : $", {TimeSpan.FromSeconds(seconds / value.Done * (value.Total - value.Done)):hh\\:mm\\:ss} left";
        return $"{share:0.0%} {value.Done}/{value.Total}, {value.Done / seconds:0} rows/s, {value.Bytes / seconds / 1e6:0.0} MB/s, {value.Quarantined} set aside{left}"
            + (value.Waiting is null ? "" : $" (waits: {value.Waiting})");
    }
}
