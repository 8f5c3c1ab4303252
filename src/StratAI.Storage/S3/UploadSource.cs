using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>What a caller wants stored, from where it stands, for as many attempts as its stream allows.</summary>
internal sealed class UploadSource(Stream content, long length)
{
    private readonly long? _start = content.CanSeek ? content.Position : null;
    private SourceReader? _current;

    public long Length => length;

    /// <summary>Whether another attempt would send the same bytes.</summary>
    public bool CanRepeat => !IsLost && (_start is not null || _current is not { IsTouched: true });

    /// <summary>An attempt still reads from the stream, which does not return.</summary>
    public bool IsLost { get; set; }

    public SourceReader Open()
    {
        if (_current is { IsTouched: true })
        {
            content.Position = _start!.Value;
        }

        return _current = new(content, length);
    }
}
