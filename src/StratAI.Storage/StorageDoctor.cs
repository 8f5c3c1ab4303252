using StratAI.Storage.Doctor;
using StratAI.Storage.Internal;
using StratAI.Storage.S3;

namespace StratAI.Storage;

/// <summary>
/// Finds out what the configured store can do, by doing it: S3-compatible servers differ, and some ignore what they do not know. It writes
/// some twenty small objects under random keys below <c>stratai-doctor/</c> and removes them; no others are touched. It may run beside the
/// application. Of a store with a mirror, the store itself is examined.
/// </summary>
public sealed class StorageDoctor
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly IObjectStore _store;
    private readonly IUrlSigner _signer;
    private readonly IUploadSigner _uploads;
    private readonly S3Connection? _connection;
    private readonly TimeProvider _time;

    internal StorageDoctor(IObjectStore store, IUrlSigner signer, IUploadSigner uploads, S3Connection? connection, TimeProvider time)
    {
        _store = store;
        _signer = signer;
        _uploads = uploads;
        _connection = connection;
        _time = time;
    }

    /// <summary>
    /// Runs every probe, each for at most 30 s. A store that cannot write and read is not asked anything else. Failures are results, not
    /// exceptions.
    /// </summary>
    /// <param name="cancellationToken">Ends the examination; what it wrote is removed.</param>
    public async Task<StorageExamination> ExamineAsync(CancellationToken cancellationToken = default)
    {
        Probing.Begin();
        using var patient = new Patient(_store, _signer, _uploads, _connection, _time);
        var results = new List<ProbeResult>();
        try
        {
            foreach (var probe in StoreProbes.All.Concat(_connection is null ? [] : ServerProbes.All))
            {
                results.Add(results is [{ Status: not ProbeStatus.Supported }, ..]
                    ? probe.Failed("Not tried, as the store can not be used at all.")
                    : await RunAsync(probe, patient, cancellationToken).ConfigureAwait(false));
            }
        }
        finally
        {
            if (await patient.LeaveAsync().ConfigureAwait(false) is { } left)
            {
                results.Add(left);
            }
        }

        return new(_store.Mode, results);
    }

    private async Task<ProbeResult> RunAsync(Probe probe, Patient patient, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var finding = await probe.Run(patient, either.Token).ConfigureAwait(false);
            return probe.Found(finding);
        }
        catch (ObjectStoreException exception)
        {
            // Unavailable and denied tell nothing of what the store can do; any other failure is its answer.
            return exception.Failure is ObjectStoreFailure.Unavailable or ObjectStoreFailure.Denied
                ? probe.Failed(exception.Message)
                : probe.Found(new(false, exception.Message));
        }
        catch (HttpRequestException)
        {
            return probe.Failed("The server could not be reached, or the connection broke.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return probe.Failed("The server did not answer in time.");
        }
    }
}
