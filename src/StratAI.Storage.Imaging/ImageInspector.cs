using Microsoft.Extensions.Options;
using StratAI.Storage.Imaging.Internal;

namespace StratAI.Storage.Imaging;

/// <summary>
/// Finds out what an image is, and whether it is one: its whole first frame is decoded, within the limits of <see cref="ImagingOptions"/>.
/// Safe to use concurrently. A store that fails throws <see cref="ObjectStoreException"/>.
/// </summary>
public sealed class ImageInspector
{
    private const string Operation = "inspect";

    private readonly ImageEngine _engine;
    private readonly IObjectStore _store;
    private readonly long _maximumBytes;
    private readonly string _folder;

    internal ImageInspector(ImageEngine engine, IObjectStore store, IOptions<ImagingOptions> options, IOptions<StorageOptions> storage)
    {
        (_engine, _store) = (engine, store);
        (_maximumBytes, _folder) = (options.Value.MaximumSourceBytes, storage.Value.Uploads.TemporaryFolder);
    }

    /// <summary>Inspects an upload, by the type its bytes have.</summary>
    /// <param name="upload">The upload; it stays usable.</param>
    /// <param name="cancellationToken">Ends the work; the task ends when nothing reads the upload any more.</param>
    /// <returns>What it is or why it was refused.</returns>
    public Task<ImageInspection> InspectAsync(Upload upload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(upload);
        return InspectAsync(upload.ContentType, _ => Task.FromResult(upload.OpenRead()), cancellationToken);
    }

    /// <summary>Inspects a stored object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="contentType">The type its bytes have; bytes of any other are refused.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What it is or why it was refused.</returns>
    public Task<ImageInspection> InspectAsync(string key, string contentType, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(contentType);
        return InspectAsync(contentType, token => CopyAsync(key, token), cancellationToken);
    }

    private async Task<ImageInspection> InspectAsync(
        string contentType, Func<CancellationToken, Task<Stream>> openAsync, CancellationToken cancellationToken)
    {
        ImageDetails? header = null;
        try
        {
            using var place = _engine.Enter(contentType);
            var stream = await openAsync(cancellationToken).ConfigureAwait(false);
            await using var disposal = stream.ConfigureAwait(false);
            var placeholder = await _engine.RunAsync(
                Operation, stream, contentType, file => header = new(file.Width, file.Height, file.Frames), (file, _) => Placeholder.Of(file),
                cancellationToken).ConfigureAwait(false);
            return new(header! with { Placeholder = placeholder }, null);
        }
        catch (ImageRefusedException refused)
        {
            var refusal = _engine.Refuse(Operation, refused.Refusal);
            return new(refusal.Reason == ImageRefusalReason.TooLarge ? header : null, refusal);
        }
    }

    private Task<Stream> CopyAsync(string key, CancellationToken cancellationToken) => TemporaryFile.CopyAsync(
        async token => (await _store.GetAsync(key, cancellationToken: token).ConfigureAwait(false))?.Stream,
        _maximumBytes,
        _folder,
        cancellationToken);
}
