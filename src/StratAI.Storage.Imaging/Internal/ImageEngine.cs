using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NetVips;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>
/// Work on one image, from the refusals that need no look at it to those that its header and its pixels give. All expected ends are
/// <see cref="ImageRefusedException"/>.
/// </summary>
internal sealed class ImageEngine(
    IOptions<ImagingOptions> options, ImageGate gate, ImagingMetrics metrics, TimeProvider time, ILogger<ImageEngine> logger)
{
    private int _said;

    /// <summary>A place at the gate for an image of this type.</summary>
    public IDisposable Enter(string contentType)
    {
        if (!SourceTypes.IsKnown(contentType))
        {
            throw new ImageRefusedException(Refusals.NotAnImage);
        }

        if (!options.Value.Enabled || !IsLoaded())
        {
            throw new ImageRefusedException(Refusals.Unavailable);
        }

        return gate.TryEnter() ?? throw new ImageRefusedException(Refusals.Busy);
    }

    /// <summary>
    /// Opens the image on a thread of its own, once it is its turn, and runs <paramref name="work"/> with it there. <paramref name="header"/> is
    /// told of it as soon as its header is read, before it is judged.
    /// </summary>
    public async Task<T> RunAsync<T>(
        string operation, Stream stream, string contentType, Action<ImageFile>? header, Func<ImageFile, CancellationToken, T> work,
        CancellationToken cancellationToken)
    {
        if (stream.Length > options.Value.MaximumSourceBytes)
        {
            throw new ImageRefusedException(Refusals.TooManyBytes(options.Value.MaximumSourceBytes));
        }

        try
        {
            return await gate.RunAsync(token => Measure(operation, () => Work(stream, contentType, header, work, token)), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ImageRefusedException(Refusals.TimedOut);
        }
    }

    /// <summary>Counts a refusal on its way out.</summary>
    public ImageRefusal Refuse(string operation, ImageRefusal refusal)
    {
        metrics.Refused(operation, refusal);
        return refusal;
    }

    private T Work<T>(
        Stream stream, string contentType, Action<ImageFile>? header, Func<ImageFile, CancellationToken, T> work, CancellationToken cancellation)
    {
        ImageFile? file = null;
        try
        {
            file = new ImageFile(stream, contentType, cancellation);
            header?.Invoke(file);
            return Refusals.OfSize(file, options.Value) is { } refusal ? throw new ImageRefusedException(refusal) : work(file, cancellation);
        }
        catch (VipsException)
        {
            cancellation.ThrowIfCancellationRequested();
            file?.ThrowIfNotItsFault();
            // What libvips says names functions and offsets: nothing to a client, and nothing that may be logged of a user's file.
            throw new ImageRefusedException(Refusals.Invalid);
        }
        finally
        {
            file?.Dispose();
        }
    }

    private T Measure<T>(string operation, Func<T> work)
    {
        using var activity = ImagingMetrics.Activities.StartActivity("image." + operation);
        var start = time.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = work();
            outcome = "ok";
            return result;
        }
        catch (ImageRefusedException refused)
        {
            outcome = refused.Refusal.Code;
            throw;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            activity?.SetStatus(outcome == "ok" ? ActivityStatusCode.Ok : ActivityStatusCode.Error, outcome);
            metrics.Worked(operation, outcome, time.GetElapsedTime(start));
        }
    }

    private bool IsLoaded()
    {
        if (Vips.IsAvailable)
        {
            return true;
        }

        if (Interlocked.Exchange(ref _said, 1) == 0)
        {
            logger.LibraryMissing();
        }

        return false;
    }
}
