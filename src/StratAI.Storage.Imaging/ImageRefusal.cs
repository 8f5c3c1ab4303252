namespace StratAI.Storage.Imaging;

/// <summary>Why an image was not decoded.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Detail">The reason in words, fit to be shown to a client.</param>
/// <param name="RetryAfter">When to try again; <see langword="null"/> where that would not help.</param>
public sealed record ImageRefusal(ImageRefusalReason Reason, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// The reason as a stable code: <c>not-found</c>, <c>not-an-image</c>, <c>image-too-large</c>, <c>image-invalid</c>, <c>images-busy</c>,
    /// <c>image-timed-out</c> or <c>images-unavailable</c>.
    /// </summary>
    public string Code => Reason switch
    {
        ImageRefusalReason.NotFound => "not-found",
        ImageRefusalReason.NotAnImage => "not-an-image",
        ImageRefusalReason.TooLarge => "image-too-large",
        ImageRefusalReason.Invalid => "image-invalid",
        ImageRefusalReason.Busy => "images-busy",
        ImageRefusalReason.TimedOut => "image-timed-out",
        _ => "images-unavailable",
    };
}
