namespace StratAI.Storage.Imaging;

/// <summary>Why an image was not decoded.</summary>
public enum ImageRefusalReason
{
    /// <summary>There is no object of that key; fits 404.</summary>
    NotFound,

    /// <summary>The type is none of JPEG, PNG, WebP, GIF and AVIF; fits 409.</summary>
    NotAnImage,

    /// <summary>It has more pixels, frames or bytes than allowed; fits 422.</summary>
    TooLarge,

    /// <summary>It is broken, cut short, or not of the type it is said to be; fits 422.</summary>
    Invalid,

    /// <summary>As many images as allowed wait already; fits 503 with Retry-After.</summary>
    Busy,

    /// <summary>It took longer than <see cref="ImagingOptions.Timeout"/>; fits 503.</summary>
    TimedOut,

    /// <summary>There is no libvips for this platform, or <see cref="ImagingOptions.Enabled"/> is off; fits 503.</summary>
    Unavailable,
}
