using System.Runtime.ExceptionServices;
using NetVips;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>What libvips writes to. Nothing may be thrown through native frames, so a failure is kept for afterwards.</summary>
internal sealed class StreamTarget : TargetCustom
{
    private readonly Stream _stream;
    private readonly CancellationToken _cancellation;

    public StreamTarget(Stream stream, CancellationToken cancellation)
    {
        (_stream, _cancellation) = (stream, cancellation);
        OnWrite += Write;
    }

    /// <summary>What the stream threw, if it did: then the image is not to blame.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    private long Write(byte[] buffer, int length)
    {
        if (_cancellation.IsCancellationRequested || Failure is not null)
        {
            return -1;
        }

        try
        {
            _stream.Write(buffer, 0, length);
            return length;
        }
        catch (Exception exception)
        {
            Failure = ExceptionDispatchInfo.Capture(exception);
            return -1;
        }
    }
}
