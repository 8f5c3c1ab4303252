namespace StratAI.Storage.Internal;

/// <summary>The conditions of <see cref="GetOptions"/>, where the store decides them itself.</summary>
internal static class Conditions
{
    public static void Check(GetOptions? options, string etag)
    {
        if (options?.IfMatch is { } wanted && wanted != etag)
        {
            throw Failed();
        }

        if (options?.IfNoneMatch == etag)
        {
            throw NotModified();
        }
    }

    public static ObjectStoreException Failed() => new(ObjectStoreFailure.PreconditionFailed, "The object is another than the one asked for.");

    public static ObjectStoreException NotModified() => new(ObjectStoreFailure.NotModified, "The object is the one that the caller has.");
}
