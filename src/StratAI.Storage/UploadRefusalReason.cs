namespace StratAI.Storage;

/// <summary>Why an upload was not taken.</summary>
public enum UploadRefusalReason
{
    /// <summary>It has more bytes than allowed; fits 413.</summary>
    TooLarge,

    /// <summary>The bytes are not of the type that was declared, or that the file name's extension claims; fits 415.</summary>
    ContentMismatch,

    /// <summary>The bytes are of a type that is not allowed, or of none that is known; fits 415.</summary>
    TypeNotAllowed,

    /// <summary>It has no bytes; fits 400.</summary>
    Empty,

    /// <summary>An <see cref="IUploadScanner"/> rejected it; fits 422.</summary>
    Rejected,

    /// <summary>An <see cref="IUploadScanner"/> failed or took too long, so nobody knows; fits 503.</summary>
    ScanFailed,

    /// <summary>It has another number of bytes than <see cref="UploadRules.Length"/>; fits 422.</summary>
    SizeMismatch,

    /// <summary>It has another hash than <see cref="UploadRules.Sha256"/>; fits 422.</summary>
    HashMismatch,
}
