using System.Globalization;
using Microsoft.Extensions.Options;
using StratAI.Storage.Imaging.Internal;

namespace StratAI.Storage.Imaging;

/// <summary>
/// Images in other sizes and formats, made when first asked for and kept in the store, under keys that follow from the original's. Safe to use
/// concurrently. A store that fails throws <see cref="ObjectStoreException"/>.
/// </summary>
/// <remarks>
/// A variant is upright, in sRGB, never larger than the original, at most 16,383 pixels high, and has no metadata: no EXIF, GPS, XMP, IPTC or
/// colour profile. Of an animation it is the first frame.
/// </remarks>
public sealed class ImageVariants
{
    private const string Operation = "variant";
    private const string Prefix = "variants/";

    private readonly IObjectStore _store;
    private readonly IVariantLock _lock;
    private readonly ImageEngine _engine;
    private readonly ImagingMetrics _metrics;
    private readonly ImagingOptions _options;
    private readonly string _folder;

    internal ImageVariants(
        IObjectStore store, IVariantLock variantLock, ImageEngine engine, ImagingMetrics metrics, IOptions<ImagingOptions> options,
        IOptions<StorageOptions> storage)
    {
        (_store, _lock, _engine, _metrics, _options) = (store, variantLock, engine, metrics, options.Value);
        _folder = storage.Value.Uploads.TemporaryFolder;
        (Widths, Formats) = (_options.EffectiveWidths, _options.EffectiveFormats);
    }

    /// <summary>The widths there are, ascending.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>The formats there are, the preferred first.</summary>
    public IReadOnlyList<ImageFormat> Formats { get; }

    /// <summary>Where the variants of an object may be: delete them with it, or after it, and none is left. Nothing is looked up.</summary>
    /// <param name="key">The original's key.</param>
    /// <returns>The keys of all widths, in every format.</returns>
    public IReadOnlyList<string> KeysOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return [.. Enum.GetValues<ImageFormat>().SelectMany(format => Widths.Select(width => KeyOf(key, width, format)))];
    }

    /// <summary>Gets a variant, made now if it is not there yet: once, however many ask for it.</summary>
    /// <param name="key">The original's key.</param>
    /// <param name="contentType">The type the original's bytes have; bytes of any other are refused.</param>
    /// <param name="width">One of <see cref="Widths"/>. An original that is narrower keeps its own.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The variant or why there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The width or the format is not one of them.</exception>
    public Task<VariantResult> GetAsync(
        string key, string contentType, int width, ImageFormat format, CancellationToken cancellationToken = default) =>
        GetAsync(key, contentType, width, format, token => OpenAsync(key, token), cancellationToken);

    /// <summary>The same of an original that is opened in another way.</summary>
    internal async Task<VariantResult> GetAsync(
        string key, string contentType, int width, ImageFormat format, Func<CancellationToken, Task<Stream?>> openAsync,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(contentType);
        ArgumentOutOfRangeException.ThrowIfEqual(Widths.Contains(width), false, nameof(width));
        ArgumentOutOfRangeException.ThrowIfEqual(Formats.Contains(format), false, nameof(format));
        var variant = new ImageVariant(KeyOf(key, width, format), ImageFormats.ContentTypeOf(format));
        // Kept variants are answered before anything is judged: they need neither a place at the gate nor libvips.
        if (SourceTypes.IsKnown(contentType) && await IsStoredAsync(variant, cancellationToken).ConfigureAwait(false))
        {
            _metrics.Answered(stored: true);
            return new(variant);
        }

        var refusal = await MakeOnceAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return new(_engine.Refuse(Operation, refusal));
        }

        _metrics.Answered(stored: false);
        return new(variant);

        async Task<ImageRefusal?> MakeOnceAsync()
        {
            try
            {
                var outcome = await _lock.RunOnceAsync(
                    variant.Key,
                    token => MakeAsync(contentType, width, format, variant, openAsync, token),
                    cancellationToken).ConfigureAwait(false);
                return outcome.Refusal;
            }
            catch (ImageRefusedException refused)
            {
                return refused.Refusal;
            }
        }
    }

    /// <summary>Chooses the format for a client. Answer with <c>Vary: Accept</c>.</summary>
    /// <param name="accept">The request's <c>Accept</c>; <see langword="null"/> when it has none.</param>
    /// <param name="contentType">The original's type, which is kept as far as possible for a client that takes anything.</param>
    /// <returns>One of <see cref="Formats"/>.</returns>
    public ImageFormat Negotiate(string? accept, string contentType) =>
        Negotiation.Choose(accept, Formats, SourceTypes.NearestFormat(contentType));

    private static string KeyOf(string key, int width, ImageFormat format) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{key}/{width}.{ImageFormats.NameOf(format)}");

    private async Task<bool> IsStoredAsync(ImageVariant variant, CancellationToken cancellationToken) =>
        await _store.StatAsync(variant.Key, cancellationToken).ConfigureAwait(false) is not null;

    private async Task<VariantOutcome> MakeAsync(
        string contentType, int width, ImageFormat format, ImageVariant variant, Func<CancellationToken, Task<Stream?>> openAsync,
        CancellationToken cancellationToken)
    {
        try
        {
            using var place = _engine.Enter(contentType);
            // Another instance may have had its turn since this one looked.
            if (!await IsStoredAsync(variant, cancellationToken).ConfigureAwait(false))
            {
                await RenderAsync(contentType, width, format, variant, openAsync, cancellationToken).ConfigureAwait(false);
            }

            return new();
        }
        catch (ImageRefusedException refused) when (refused.Refusal.RetryAfter is null)
        {
            return new(refused.Refusal);
        }
    }

    private async Task RenderAsync(
        string contentType, int width, ImageFormat format, ImageVariant variant, Func<CancellationToken, Task<Stream?>> openAsync,
        CancellationToken cancellationToken)
    {
        var original = await TemporaryFile.CopyAsync(openAsync, _options.MaximumSourceBytes, _folder, cancellationToken).ConfigureAwait(false);
        await using var originalDisposal = original.ConfigureAwait(false);
        var output = TemporaryFile.Create(_folder);
        await using var outputDisposal = output.ConfigureAwait(false);
        await _engine.RunAsync(
            Operation, original, contentType, null,
            (file, token) =>
            {
                VariantRenderer.Render(file, width, format, _options, output, token);
                output.Flush();
                return output.Length;
            },
            cancellationToken).ConfigureAwait(false);
        output.Position = 0;
        await _store.PutAsync(variant.Key, output, new() { ContentType = variant.ContentType, Length = output.Length }, cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) =>
        (await _store.GetAsync(key, cancellationToken: cancellationToken).ConfigureAwait(false))?.Stream;
}
