namespace StratAI.Storage;

/// <summary>Why an upload was not taken. Nothing of it is kept.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Detail">The reason in words, fit to be shown to the sender.</param>
/// <param name="DetectedType">What the bytes are, as far as they were read; <see langword="null"/> when that played no part.</param>
/// <param name="Limit">Of <see cref="UploadRefusalReason.TooLarge"/>: the limit that was passed, in bytes.</param>
public sealed record UploadRefusal(UploadRefusalReason Reason, string Detail, string? DetectedType = null, long? Limit = null)
{
    /// <summary>The reason as a stable code: <c>too-large</c>, <c>content-mismatch</c>, <c>type-not-allowed</c>, <c>size-mismatch</c>,
    /// <c>hash-mismatch</c>, <c>empty</c>, <c>rejected</c> or <c>scan-failed</c>.</summary>
    public string Code => Reason switch
    {
        UploadRefusalReason.TooLarge => "too-large",
        UploadRefusalReason.ContentMismatch => "content-mismatch",
        UploadRefusalReason.TypeNotAllowed => "type-not-allowed",
        UploadRefusalReason.Rejected => "rejected",
        UploadRefusalReason.ScanFailed => "scan-failed",
        UploadRefusalReason.SizeMismatch => "size-mismatch",
        UploadRefusalReason.HashMismatch => "hash-mismatch",
        _ => "empty",
    };

    /// <summary>Of <see cref="UploadRefusalReason.Rejected"/>: <see cref="ScanVerdict.Code"/>.</summary>
    public string? RejectionCode { get; init; }
}
