using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace StratAI.Storage.Internal;

/// <summary>Measures, traces and logs a store, so that the stores themselves speak only of objects.</summary>
internal sealed class InstrumentedObjectStore(IObjectStore inner, StorageMetrics metrics, TimeProvider time, ILogger<IObjectStore> logger)
    : IObjectStore
{
    public string Mode => inner.Mode;

    public Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken) =>
        MeasureAsync("put", () => inner.PutAsync(key, content, options, cancellationToken));

    public Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken) =>
        MeasureAsync("get", () => inner.GetAsync(key, options, cancellationToken));

    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) =>
        MeasureAsync("stat", () => inner.StatAsync(key, cancellationToken));

    public Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken) =>
        MeasureAsync("copy", () => inner.CopyAsync(source, destination, options, cancellationToken));

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        MeasureAsync("delete", async () =>
        {
            await inner.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            return true;
        });

    public Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        MeasureAsync("delete_many", () => inner.DeleteManyAsync(keys, cancellationToken));

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var activity = StorageMetrics.Activities.StartActivity("storage.list");
        var start = time.GetTimestamp();
        // What stays if the consumer stops before the end.
        var outcome = "stopped";
        var items = inner.ListAsync(prefix, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await items.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (Exception exception)
                {
                    outcome = OutcomeOf("list", exception, activity);
                    throw;
                }

                yield return items.Current;
            }

            outcome = "ok";
        }
        finally
        {
            await items.DisposeAsync().ConfigureAwait(false);
            metrics.Operation("list", Mode, outcome, time.GetElapsedTime(start));
        }
    }

    private async Task<T> MeasureAsync<T>(string operation, Func<Task<T>> run)
    {
        using var activity = StorageMetrics.Activities.StartActivity("storage." + operation);
        var start = time.GetTimestamp();
        var outcome = "ok";
        try
        {
            var result = await run().ConfigureAwait(false);
            outcome = result is null ? "not_found" : "ok";
            return result;
        }
        catch (Exception exception)
        {
            outcome = OutcomeOf(operation, exception, activity);
            throw;
        }
        finally
        {
            metrics.Operation(operation, Mode, outcome, time.GetElapsedTime(start));
        }
    }

    private string OutcomeOf(string operation, Exception exception, Activity? activity)
    {
        if (exception is not ObjectStoreException { Failure: var failure })
        {
            return exception is OperationCanceledException ? "cancelled" : "caller";
        }

        if (failure != ObjectStoreFailure.NotModified)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.ToString());
        }

        if (failure is ObjectStoreFailure.Unavailable or ObjectStoreFailure.Denied or ObjectStoreFailure.Corrupt or ObjectStoreFailure.Full)
        {
            logger.OperationFailed(operation, failure, exception.InnerException?.GetType().Name, exception.Message);
        }

        return failure switch
        {
            ObjectStoreFailure.Unavailable => "unavailable",
            ObjectStoreFailure.Denied => "denied",
            ObjectStoreFailure.PreconditionFailed => "precondition_failed",
            ObjectStoreFailure.NotModified => "not_modified",
            ObjectStoreFailure.TooLarge => "too_large",
            ObjectStoreFailure.InvalidKey => "invalid_key",
            ObjectStoreFailure.Corrupt => "corrupt",
            ObjectStoreFailure.Full => "full",
            _ => "range_not_satisfiable",
        };
    }
}
