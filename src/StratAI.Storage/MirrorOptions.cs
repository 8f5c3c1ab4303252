namespace StratAI.Storage;

/// <summary>How a store and its mirror stand in for each other.</summary>
public sealed class MirrorOptions
{
    /// <summary>
    /// Whether a write that reaches the store but not the mirror fails with the mirror's <see cref="ObjectStoreException"/>; the store has it
    /// all the same. Default <see langword="false"/>: it is logged and counted, and <see cref="IObjectMirror.CopyMissingAsync"/> makes up for it.
    /// </summary>
    public bool RequireMirror { get; set; }

    /// <summary>
    /// Whether an object that the store does not have is read from the mirror. Default <see langword="true"/>. A deletion that the mirror
    /// fails then fails as well, since the object would still be read.
    /// </summary>
    public bool ReadWhenMissing { get; set; } = true;

    /// <summary>
    /// Whether reads go to the mirror while the store is <see cref="ObjectStoreFailure.Unavailable"/>. They may then see an object as it was
    /// before a write that the mirror has missed. Default <see langword="false"/>: they fail.
    /// </summary>
    public bool ReadWhenUnavailable { get; set; }
}
