namespace StratAI.Storage.Imaging.Internal;

/// <summary>Carries a refusal out of nested work; it never leaves the package.</summary>
internal sealed class ImageRefusedException(ImageRefusal refusal) : Exception(refusal.Detail)
{
    public ImageRefusal Refusal => refusal;
}
