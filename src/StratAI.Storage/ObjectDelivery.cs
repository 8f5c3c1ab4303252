namespace StratAI.Storage;

/// <summary>How the bytes of an object come to a client.</summary>
public enum ObjectDelivery
{
    /// <summary>Through the application, by <see cref="StoredObjectResult"/>.</summary>
    Stream,

    /// <summary>By a redirect to a signed URL of the store, so that on S3 the application never sees them.</summary>
    Redirect,
}
