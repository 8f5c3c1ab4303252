namespace StratAI.Storage.Imaging;

/// <summary>A variant that is in the store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="ContentType">Its media type.</param>
public sealed record ImageVariant(string Key, string ContentType);
