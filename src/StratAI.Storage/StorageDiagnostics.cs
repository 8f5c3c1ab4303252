namespace StratAI.Storage;

/// <summary>Names of what this package measures and traces. No tag carries a key, a bucket or a file name.</summary>
public static class StorageDiagnostics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "StratAI.Storage";

    /// <summary>
    /// Name of the activity source; its activities are <c>storage.put</c>, <c>.get</c>, <c>.stat</c>, <c>.copy</c>, <c>.delete</c>,
    /// <c>.delete_many</c> and <c>.list</c> of the store, <c>storage.upload</c> of the gate with the tag <c>outcome</c>, and
    /// <c>storage.serve</c> of <see cref="StoredObjectResult"/> (with all of the body) and <see cref="ObjectRedirectResult"/> with the tag
    /// <c>delivery</c>: <c>stream</c> or <c>redirect</c>.
    /// </summary>
    public const string ActivitySourceName = "StratAI.Storage";

    /// <summary>
    /// Histogram in seconds of store operations, with tags <c>operation</c>, <c>mode</c> and <c>outcome</c>: <c>ok</c>, <c>not_found</c>,
    /// <c>cancelled</c>,
    /// <c>stopped</c> (a listing left early), <c>caller</c> (the caller's stream or arguments failed), or the <see
    /// cref="ObjectStoreFailure"/> in snake case.
    /// </summary>
    public const string OperationDuration = "stratai.storage.operation.duration";

    /// <summary>
    /// Counter of the bytes of objects that stores were given and gave, those of transfers that failed later too, with tag
    /// <c>direction</c>: <c>read</c> or <c>write</c>.
    /// </summary>
    public const string IO = "stratai.storage.io";

    /// <summary>
    /// Counter of uploads through the gate, with tag <c>outcome</c> (<c>accepted</c>, <c>failed</c>, or the refusal's code).
    /// </summary>
    public const string Uploads = "stratai.storage.uploads";

    /// <summary>Counter of bytes the gate has read.</summary>
    public const string UploadBytes = "stratai.storage.upload.bytes";

    /// <summary>
    /// Counter of rows a migration worked on, with tag <c>outcome</c>: <c>moved</c>, <c>returned</c>, <c>purged</c>, <c>quarantined</c>,
    /// <c>gone</c>, <c>changed</c>, <c>lost</c> or <c>failed</c>.
    /// </summary>
    public const string MigrationRows = "stratai.storage.migration.rows";

    /// <summary>
    /// Counter of reads answered from the column during a migration, with tag <c>reason</c>: <c>not_moved</c>, <c>object_missing</c> or
    /// <c>store_unavailable</c>.
    /// </summary>
    public const string MigrationFallbacks = "stratai.storage.migration.fallbacks";

    /// <summary>
    /// Counter of requests to an S3 server that were made again after a failure, and of bodies that were resumed, with tag
    /// <c>operation</c>.
    /// </summary>
    public const string Retries = "stratai.storage.retries";

    /// <summary>Gauge: 1 while an S3 server is only tried now and then, as it keeps failing.</summary>
    public const string BreakerOpen = "stratai.storage.breaker.open";

    /// <summary>Up-down counter of the uploads that the gate is reading now.</summary>
    public const string ActiveUploads = "stratai.storage.uploads.active";

    /// <summary>
    /// Histogram in seconds from an upload's start to its verdict, the sender's pauses included, with tag <c>outcome</c> as of
    /// <see cref="Uploads"/>.
    /// </summary>
    public const string UploadDuration = "stratai.storage.upload.duration";

    /// <summary>
    /// Counter of writes and deletions repeated in a mirror, with tags <c>operation</c> (<c>put</c>, <c>copy</c>, <c>delete</c>) and
    /// <c>outcome</c> (<c>ok</c>, <c>failed</c>).
    /// </summary>
    public const string MirrorWrites = "stratai.storage.mirror.writes";

    /// <summary>
    /// Counter of reads that went to a mirror, with tags <c>reason</c> (<c>missing</c>, <c>unavailable</c>) and <c>outcome</c> (<c>ok</c>,
    /// <c>not_found</c>, <c>failed</c>).
    /// </summary>
    public const string MirrorReads = "stratai.storage.mirror.reads";
}
