namespace StratAI.Storage;

/// <summary>
/// A form that needs no other credential: POST it as <c>multipart/form-data</c>, the fields first, then the file under the name <c>file</c>.
/// </summary>
/// <param name="Url">Absolute on S3; a path on the application's own host for files, unless <see cref="FileSystemOptions.BaseAddress"/> is
/// set.</param>
/// <param name="Fields">Fields to send, exactly so and no others.</param>
/// <param name="ExpiresAt">When it stops to work.</param>
public sealed record SignedForm(Uri Url, IReadOnlyDictionary<string, string> Fields, DateTimeOffset ExpiresAt);
