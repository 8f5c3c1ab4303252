namespace StratAI.Caching.Internal;

/// <summary>A serialised value with the tags it was stored under.</summary>
internal sealed record Content(ReadOnlyMemory<byte> Body, bool IsNull, string[] Tags)
{
    /// <summary>The write by which this instance put it in the shared level, where reports of changes are followed.</summary>
    public OwnWrite? Written { get; set; }
}
