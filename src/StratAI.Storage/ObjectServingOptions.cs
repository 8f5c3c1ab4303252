namespace StratAI.Storage;

/// <summary>How <c>MapObjects</c> serves.</summary>
public sealed class ObjectServingOptions
{
    /// <summary>How bytes come to clients. Default <see cref="ObjectDelivery.Stream"/>. HEAD is always answered by the application.</summary>
    public ObjectDelivery Delivery { get; set; }

    /// <summary>
    /// How long a signed URL works, over 0 and at most 7 days: long enough for a redirect to be followed and a range to be asked for again.
    /// Default 5 min.
    /// </summary>
    public TimeSpan UrlLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The key of the store. Default: the store without one.</summary>
    public object? ServiceKey { get; set; }
}
