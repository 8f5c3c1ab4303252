namespace StratAI.Storage.Migration;

/// <summary>A row that was set aside.</summary>
/// <param name="Id">Its id as text.</param>
/// <param name="Reason">
/// <c>bad-base64</c>, <c>empty</c>, <c>too-large</c>, <c>content-mismatch</c>, <c>type-not-allowed</c> or <c>invalid-key</c>; of a purge
/// <c>object-missing</c> or <c>object-differs</c>; each followed by a colon and the details.
/// </param>
public sealed record QuarantinedRow(string Id, string Reason);
