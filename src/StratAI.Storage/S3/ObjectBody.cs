using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>
/// The body of an object, read as it arrives. It fails as the store does, not as HTTP does, and where the connection breaks it goes on over
/// another one, as long as the object is still the same.
/// </summary>
internal sealed class ObjectBody(OpenedObject opened, S3ObjectStore store, S3Connection connection) : ForwardStream
{
    private readonly StallTimer _timer = connection.NewReadTimer();
    private readonly long _end = opened.Served is { } range ? range.Offset + range.Length!.Value : opened.Info.Size;
    private long _position = opened.Served?.Offset ?? 0;
    private OpenedObject _opened = opened;
    private int _resumed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ObjectStoreException failure;
            try
            {
                var count = await ReadOnceAsync(buffer, cancellationToken).ConfigureAwait(false);
                _position += count;
                return count;
            }
            catch (ObjectStoreException exception)
            {
                failure = exception;
            }

            // A server that fell silent has had its time; the reader is not made to wait for it again.
            if (failure.InnerException is OperationCanceledException || !await ResumeAsync(cancellationToken).ConfigureAwait(false))
            {
                throw failure;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _opened.Response.Dispose();
            _timer.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var following = _timer.Follow(cancellationToken);
        try
        {
            _timer.Restart();
            return await _opened.Body.ReadAsync(buffer, _timer.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (S3Errors.FromTransport(exception, cancellationToken) is { } failure)
        {
            throw failure;
        }
        finally
        {
            // Between reads it is the reader who takes the time.
            _timer.Pause();
        }
    }

    private async Task<bool> ResumeAsync(CancellationToken cancellationToken)
    {
        if (_resumed == connection.Retries || _position >= _end)
        {
            return false;
        }

        _resumed++;
        var next = await store.ResumeAsync(_opened.Info, _position, _end, cancellationToken).ConfigureAwait(false);
        if (next is null)
        {
            return false;
        }

        _opened.Response.Dispose();
        _opened = next;
        connection.Resumed();
        return true;
    }
}
