using System.Runtime.ExceptionServices;
using NetVips;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>
/// What libvips reads from: a seekable stream, read synchronously. Nothing may be thrown through native frames, so a failure is kept for
/// afterwards.
/// </summary>
internal sealed class StreamSource : SourceCustom
{
    private readonly Stream _stream;
    private readonly CancellationToken _cancellation;

    public StreamSource(Stream stream, CancellationToken cancellation)
    {
        (_stream, _cancellation) = (stream, cancellation);
        _stream.Position = 0;
        OnRead += Read;
        OnSeek += Seek;
    }

    /// <summary>What the stream threw, if it did: then the image is not to blame.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    private int Read(byte[] buffer, int length)
    {
        if (_cancellation.IsCancellationRequested || Failure is not null)
        {
            return -1;
        }

        try
        {
            return _stream.Read(buffer, 0, length);
        }
        catch (Exception exception)
        {
            Failure = ExceptionDispatchInfo.Capture(exception);
            return -1;
        }
    }

    private long Seek(long offset, SeekOrigin origin)
    {
        var position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _stream.Position + offset,
            _ => _stream.Length + offset,
        };
        // A file may ask for any place; libheif does where one is cut short.
        if (position < 0 || position > _stream.Length)
        {
            return -1;
        }

        return _stream.Position = position;
    }
}
