using NetVips;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>
/// An image file whose header has been read. The loader is that of its type and no other, whatever the bytes are. Used by one thread; the
/// stream stays the caller's.
/// </summary>
internal sealed class ImageFile : IDisposable
{
    private const int FirstTransposedOrientation = 5;

    private readonly Stream _stream;
    private readonly string _type;
    private readonly CancellationToken _cancellation;
    private readonly Stack<IDisposable> _owned = new();
    private readonly Image _image;
    private StreamSource? _source;

    /// <exception cref="VipsException">The header cannot be read.</exception>
    public ImageFile(Stream stream, string type, CancellationToken cancellation)
    {
        (_stream, _type, _cancellation) = (stream, type, cancellation);
        try
        {
            _image = Load(1);
        }
        catch
        {
            Dispose();
            ThrowIfNotItsFault();
            throw;
        }

        var transposed = _image.Contains("orientation") && _image.Get("orientation") is >= FirstTransposedOrientation and <= 8;
        (Width, Height) = transposed ? (_image.Height, _image.Width) : (_image.Width, _image.Height);
        Frames = _image.Contains("n-pages") && _image.Get("n-pages") is int pages ? Math.Max(pages, 1) : 1;
    }

    /// <summary>As shown: after the orientation is applied.</summary>
    public int Width { get; }

    public int Height { get; }

    public int Frames { get; }

    /// <summary>
    /// The first frame upright, in sRGB or grey of 8 bits, at exactly this size. It is computed as it is read, from the file, and lives as long
    /// as this object.
    /// </summary>
    public Image Resize(int width, int height)
    {
        // Decoders that can give less than they hold save most of the work; half of the reduction is left to the better filter.
        var factor = Math.Min((double)Width / width, (double)Height / height);
        var image = factor >= 4 && _type is SourceTypes.Jpeg or SourceTypes.WebP ? Load(factor) : _image;
        // Given an output profile, libvips converts before it reduces, which takes longer than all the rest. Only inks cannot wait.
        var inks = image.Interpretation == Enums.Interpretation.Cmyk;
        var resized = Own(image.ThumbnailImage(
            width, height: height, size: Enums.Size.Force, outputProfile: inks ? "srgb" : null, failOn: Enums.FailOn.Error));
        if (!inks && resized.Contains("icc-profile-data"))
        {
            resized = Own(resized.IccTransform("srgb", embedded: true));
        }

        var space = resized.Interpretation is Enums.Interpretation.Bw or Enums.Interpretation.Grey16 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb;
        if (resized.Interpretation != space)
        {
            resized = Own(resized.Colourspace(space));
        }

        return resized.Format == Enums.BandFormat.Uchar ? resized : Own(resized.Cast(Enums.BandFormat.Uchar));
    }

    /// <summary>Keeps an image until the end.</summary>
    public T Own<T>(T item)
        where T : IDisposable
    {
        _owned.Push(item);
        return item;
    }

    public void Dispose()
    {
        // What was made from something goes before it.
        while (_owned.TryPop(out var item))
        {
            item.Dispose();
        }
    }

    /// <summary>What went wrong where it was not the image's fault, thrown again; else nothing.</summary>
    public void ThrowIfNotItsFault() => _source?.Failure?.Throw();

    private Image Load(double factor)
    {
        _source = Own(new StreamSource(_stream, _cancellation));
        const Enums.Access Access = Enums.Access.Sequential;
        const Enums.FailOn FailOn = Enums.FailOn.Error;
        return Own(_type switch
        {
            SourceTypes.Jpeg => Image.JpegloadSource(_source, shrink: factor switch { >= 16 => 8, >= 8 => 4, >= 4 => 2, _ => 1 }, access: Access, failOn: FailOn),
            SourceTypes.Png => Image.PngloadSource(_source, access: Access, failOn: FailOn),
            SourceTypes.WebP => Image.WebploadSource(_source, scale: factor >= 4 ? 2 / factor : 1, access: Access, failOn: FailOn),
            SourceTypes.Gif => Image.GifloadSource(_source, access: Access, failOn: FailOn),
            _ => Image.HeifloadSource(_source, access: Access, failOn: FailOn),
        });
    }
}
