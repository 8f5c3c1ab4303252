namespace StratAI.Storage;

/// <summary>
/// Looks at an upload before it is taken, for instance for malware. Register any number with the application's services, as singletons:
/// <see cref="UploadGate"/> asks them one after the other, in the order of registration, once every other check has passed and before the
/// bytes are visible anywhere. The first that rejects ends it.
/// </summary>
/// <remarks>
/// Called concurrently, once per upload. One that throws, or takes longer than <see cref="UploadOptions.ScanTimeout"/>, means that the
/// upload is not taken: <see cref="UploadRefusalReason.ScanFailed"/>.
/// </remarks>
public interface IUploadScanner
{
    /// <summary>Judges one upload.</summary>
    /// <param name="input">The bytes and what is known of them; not to be used after the call.</param>
    /// <param name="cancellationToken">Ends when the sender goes away or the time is up.</param>
    /// <returns>The verdict.</returns>
    ValueTask<ScanVerdict> ScanAsync(ScanInput input, CancellationToken cancellationToken);
}
