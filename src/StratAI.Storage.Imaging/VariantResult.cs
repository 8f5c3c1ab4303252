using System.Diagnostics.CodeAnalysis;

namespace StratAI.Storage.Imaging;

/// <summary>A variant or why there is none: exactly one of <see cref="Variant"/> and <see cref="Refusal"/> is set.</summary>
public sealed class VariantResult
{
    internal VariantResult(ImageVariant variant) => Variant = variant;

    internal VariantResult(ImageRefusal refusal) => Refusal = refusal;

    /// <summary>Whether there is a variant.</summary>
    [MemberNotNullWhen(true, nameof(Variant))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOk => Variant is not null;

    /// <summary>Where it is.</summary>
    public ImageVariant? Variant { get; }

    /// <summary>Why there is none.</summary>
    public ImageRefusal? Refusal { get; }
}
