namespace StratAI.Caching;

/// <summary>
/// Whose data an entry holds. Keys are made from it, so that the owner is part of each, and its tag is on each, so that everything
/// of one owner can be evicted by one call. Ids are case-sensitive.
/// </summary>
public sealed class CacheScope
{
    private readonly string _prefix;
    private readonly string[] _tags;

    private CacheScope(string tag, CacheScope? parent)
    {
        (Tag, _prefix) = (tag, tag.Length == 0 ? "" : $"{tag}/");
        _tags = tag.Length == 0 ? [] : [.. parent?._tags ?? [], tag];
    }

    /// <summary>Data that is the same for everybody. It has no tag.</summary>
    public static CacheScope Everybody { get; } = new("", null);

    /// <summary>The tag of every entry in the scope; empty for <see cref="Everybody"/>.</summary>
    public string Tag { get; }

    /// <summary>The data of one user.</summary>
    /// <param name="id">The user's id.</param>
    /// <returns>The scope.</returns>
    public static CacheScope User(string id) => new($"user:{Escape(id)}", null);

    /// <summary>The data of one tenant.</summary>
    /// <param name="id">The tenant's id.</param>
    /// <returns>The scope.</returns>
    public static CacheScope Tenant(string id) => new($"tenant:{Escape(id)}", null);

    /// <summary>The data of one user within this scope; evicting this scope evicts it too.</summary>
    /// <param name="id">The user's id.</param>
    /// <returns>The scope.</returns>
    public CacheScope ForUser(string id) => new($"{_prefix}user:{Escape(id)}", this);

    /// <summary>A key in the scope.</summary>
    /// <param name="parts">What the entry is, such as <c>"preferences"</c> or <c>"area", areaId</c>. At least one, none empty.</param>
    /// <returns>The key.</returns>
    public CacheKey Key(params ReadOnlySpan<string> parts)
    {
        if (parts.IsEmpty)
        {
            throw new ArgumentException("A key needs at least one part.", nameof(parts));
        }

        var escaped = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            escaped[i] = Escape(parts[i]);
        }

        return new(_prefix + string.Join('/', escaped), _tags);
    }

    /// <inheritdoc />
    public override string ToString() => Tag.Length == 0 ? "everybody" : Tag;

    // So that no id or part can look like two, or like another scope.
    private static string Escape(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return id.AsSpan().IndexOfAny("/:%") < 0
            ? id
            : id.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal);
    }
}
