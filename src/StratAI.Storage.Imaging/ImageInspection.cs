using System.Diagnostics.CodeAnalysis;

namespace StratAI.Storage.Imaging;

/// <summary>What came of looking at an image.</summary>
public sealed class ImageInspection
{
    internal ImageInspection(ImageDetails? details, ImageRefusal? refusal) => (Details, Refusal) = (details, refusal);

    /// <summary>Whether the whole first frame could be decoded.</summary>
    [MemberNotNullWhen(true, nameof(Details))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOk => Refusal is null;

    /// <summary>
    /// What the image is. With <see cref="ImageRefusalReason.TooLarge"/> by pixels or frames it is what its header says, without a
    /// placeholder; with every other refusal <see langword="null"/>.
    /// </summary>
    public ImageDetails? Details { get; }

    /// <summary>Why it was not decoded; <see langword="null"/> when it was.</summary>
    public ImageRefusal? Refusal { get; }
}
