namespace StratAI.Storage;

/// <summary>A request that needs no other credential.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Url">Absolute on S3; a path on the application's own host for files, unless <see cref="FileSystemOptions.BaseAddress"/> is
/// set.</param>
/// <param name="Headers">Headers it must have, exactly so. A browser sets <c>Content-Length</c> itself.</param>
/// <param name="ExpiresAt">When it stops to work; one that has begun by then is taken.</param>
public sealed record SignedRequest(HttpMethod Method, Uri Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);
