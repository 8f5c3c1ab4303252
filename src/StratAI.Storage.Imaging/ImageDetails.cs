namespace StratAI.Storage.Imaging;

/// <summary>What an image is.</summary>
/// <param name="Width">Width in pixels, as it is shown: after its orientation is applied.</param>
/// <param name="Height">Height in pixels, likewise.</param>
/// <param name="Frames">Number of frames; 1 for a still image.</param>
/// <param name="Placeholder">
/// A ThumbHash (https://evanw.github.io/thumbhash/) of the first frame in base64, about 28 characters; <see langword="null"/> when the image
/// was not decoded.
/// </param>
public sealed record ImageDetails(int Width, int Height, int Frames, string? Placeholder = null);
