namespace StratAI.Caching;

/// <summary>A key with its owner in it; made by <see cref="CacheScope.Key"/>.</summary>
public sealed class CacheKey
{
    internal CacheKey(string value, string[] tags) => (Value, Tags) = (value, tags);

    /// <summary>The key as <c>HybridCache</c> takes it.</summary>
    public string Value { get; }

    internal string[] Tags { get; }

    /// <inheritdoc />
    public override string ToString() => Value;
}
