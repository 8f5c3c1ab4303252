namespace StratAI.Storage;

/// <summary>A URL that needs no other credential.</summary>
/// <param name="Url">Absolute on S3; a path on the application's own host for files, unless <see cref="FileSystemOptions.BaseAddress"/> is
/// set.</param>
/// <param name="ExpiresAt">When it stops to work.</param>
public sealed record SignedUrl(Uri Url, DateTimeOffset ExpiresAt);
