namespace StratAI.Storage.Imaging;

/// <summary>
/// What came of making a variant, small and serialisable, so that an <see cref="IVariantLock"/> can share it: the variant is in the store, or
/// the image cannot have one.
/// </summary>
/// <param name="Refusal">Why it cannot; <see langword="null"/> when it is stored. Only what another attempt would not change.</param>
public sealed record VariantOutcome(ImageRefusal? Refusal = null);
