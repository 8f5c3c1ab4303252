namespace StratAI.Storage.Internal;

/// <summary>The beginning of every key of a part of a store.</summary>
internal sealed class KeyPrefix
{
    private readonly string _prefix;

    public KeyPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        // The slash keeps 'tenants/4' from holding what is below 'tenants/42'.
        if (!prefix.EndsWith('/') || !ObjectKey.IsValid(prefix[..^1]))
        {
            throw new ArgumentException("A prefix is a valid key and '/', such as 'tenants/42/'.", nameof(prefix));
        }

        _prefix = prefix;
    }

    /// <summary>The whole store's name of a key, which has to be valid by itself too.</summary>
    public string Add(string key)
    {
        ObjectKey.Validate(key);
        return _prefix + key;
    }

    /// <summary>The same for the beginning of a key, and for one that need not exist.</summary>
    public string AddToStart(string start)
    {
        ObjectKey.ValidatePrefix(start);
        return _prefix + start;
    }

    public string Cut(string key) => key[_prefix.Length..];

    public ObjectInfo Cut(ObjectInfo info) => info with { Key = Cut(info.Key) };
}
