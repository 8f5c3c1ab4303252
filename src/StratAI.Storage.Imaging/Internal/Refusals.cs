using System.Globalization;

namespace StratAI.Storage.Imaging.Internal;

internal static class Refusals
{
    /// <summary>A queue has moved on by then; nothing better is known.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    public static ImageRefusal NotFound { get; } = new(ImageRefusalReason.NotFound, "There is no such image.");

    public static ImageRefusal NotAnImage { get; } = new(ImageRefusalReason.NotAnImage, "It is not a JPEG, PNG, WebP, GIF or AVIF image.");

    public static ImageRefusal Invalid { get; } = new(ImageRefusalReason.Invalid, "The image is broken, incomplete, or not of the type it is said to be.");

    public static ImageRefusal Busy { get; } = new(ImageRefusalReason.Busy, "Too many images are waiting. Try again shortly.", Soon);

    public static ImageRefusal TimedOut { get; } = new(ImageRefusalReason.TimedOut, "The image took too long to process. Try again later.", Later);

    public static ImageRefusal Unavailable { get; } = new(ImageRefusalReason.Unavailable, "Images are not processed here.", Later);

    public static ImageRefusal TooManyBytes(long maximum) =>
        new(ImageRefusalReason.TooLarge, Text($"The image has more than the {maximum:N0} bytes allowed."));

    /// <summary>By what the header says, before anything is decoded.</summary>
    public static ImageRefusal? OfSize(ImageFile file, ImagingOptions options) =>
        (long)file.Width * file.Height > options.MaximumPixels
            ? new(ImageRefusalReason.TooLarge, Text($"The image has {file.Width} × {file.Height} pixels; {options.MaximumPixels:N0} are allowed."))
            : file.Frames > options.MaximumFrames
                ? new(ImageRefusalReason.TooLarge, Text($"The image has {file.Frames:N0} frames; {options.MaximumFrames:N0} are allowed."))
                : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
