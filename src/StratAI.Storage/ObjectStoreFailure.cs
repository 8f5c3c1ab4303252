namespace StratAI.Storage;

/// <summary>Why an <see cref="IObjectStore"/> could not do what it was asked.</summary>
public enum ObjectStoreFailure
{
    /// <summary>The store did not answer in time, could not be reached, or failed inside. Trying again later may help.</summary>
    Unavailable,

    /// <summary>The store refused the credentials or the permissions they carry.</summary>
    Denied,

    /// <summary><see cref="PutOptions.OnlyIfAbsent"/> found the key taken, or <see cref="GetOptions.IfMatch"/> another object.</summary>
    PreconditionFailed,

    /// <summary>The object is the one that <see cref="GetOptions.IfNoneMatch"/> names: the caller has it already.</summary>
    NotModified,

    /// <summary>The object is larger than the store takes in one piece.</summary>
    TooLarge,

    /// <summary>The key breaks the rules written at <see cref="IObjectStore"/>.</summary>
    InvalidKey,

    /// <summary>The bytes are not what was promised: a stream longer or shorter than its declared length, or a damaged file.</summary>
    Corrupt,

    /// <summary>The range begins at or after the end of the object.</summary>
    RangeNotSatisfiable,

    /// <summary>The store has no room left, or a quota is used up. Reading and deleting still work.</summary>
    Full,
}
