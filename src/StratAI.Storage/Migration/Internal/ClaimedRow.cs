using System.Globalization;

namespace StratAI.Storage.Migration.Internal;

/// <summary>A row that is this worker's until its lease ends.</summary>
/// <param name="Id">As the driver gives it.</param>
/// <param name="Claim">Proves that the row is still this worker's.</param>
/// <param name="Attempts">How often it was claimed, this time included.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ObjectKey">Its object; of a waiting row, what an earlier attempt may have left in the store.</param>
/// <param name="Size">Size of that object.</param>
/// <param name="Sha256">Hash of that object.</param>
internal sealed record ClaimedRow(object Id, string Claim, int Attempts, string State, string? ObjectKey, long? Size, string? Sha256)
{
    public MigratedRow Migrated() => new(Id, ObjectKey!, Size!.Value, Sha256!);

    public static string Text(object id) => Convert.ToString(id, CultureInfo.InvariantCulture)!;
}
