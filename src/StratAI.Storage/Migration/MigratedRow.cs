namespace StratAI.Storage.Migration;

/// <summary>A row and its object.</summary>
/// <param name="Id">The row's id as the database's driver gives it.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Size">Number of bytes.</param>
/// <param name="Sha256">SHA-256 of the bytes, 64 lower-case hexadecimal digits.</param>
public sealed record MigratedRow(object Id, string Key, long Size, string Sha256);
