namespace StratAI.Storage;

/// <summary>An object that <see cref="IObjectStore.DeleteManyAsync"/> could not delete.</summary>
/// <param name="Key">The object's name.</param>
/// <param name="Failure">Why.</param>
public sealed record DeleteFailure(string Key, ObjectStoreFailure Failure);
