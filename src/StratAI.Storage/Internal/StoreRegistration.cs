namespace StratAI.Storage.Internal;

/// <summary>One store of the application, and the one its writes are repeated to.</summary>
internal sealed class StoreRegistration(string name, object? serviceKey)
{
    public string Name => name;

    public object? ServiceKey => serviceKey;

    /// <summary>The key of the mirror; <see langword="null"/> when there is none.</summary>
    public object? MirrorKey { get; set; }

    public MirrorOptions Mirror { get; } = new();

    /// <summary>The store in words, for messages.</summary>
    public string Title => serviceKey is null ? "the default store" : $"the store '{name}'";
}
