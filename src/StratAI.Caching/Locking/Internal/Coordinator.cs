using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Locking.Internal;

internal sealed class Coordinator(IDistributedMutex mutex, IOutcomeStore store, OutcomeCodec codec, ILogger logger) : IDistributedCoordinator, IAsyncDisposable
{
    private static readonly CoordinationOptions Default = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CoordinatedFlight> _flights = new(StringComparer.Ordinal);

    public async ValueTask<T> CoordinateAsync<T>(
        string key,
        Func<CoordinatedWork, CancellationToken, ValueTask<T>> work,
        CoordinationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(work);
        options ??= Default;
        codec.ThrowIfSecretCannotBeKept(options.Secret);

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        cancellationToken.ThrowIfCancellationRequested();
        var flight = Join(name, out var begins);
        for (var attempt = 1; ; attempt++)
        {
            if (begins)
            {
                // On another thread, as what the work does before it first waits must not hold up this caller's cancellation.
                var started = flight;
                _ = Task.Run(() => FlyAsync(started, name, options, Typed(work), outcome => codec.TryDecode<T>(outcome, out _)), CancellationToken.None);
            }

            WorkOutcome outcome;
            try
            {
                outcome = await flight.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                Leave(flight, name);
                throw;
            }

            if (!outcome.IsShared && attempt < options.Attempts && (!begins || outcome.Exception is OperationCanceledException))
            {
                flight = Follow(flight, name, out begins);
                continue;
            }

            Leave(flight, name);
            outcome.ThrowIfFailed();
            return codec.TryDecode<T>(outcome, out var value)
                ? value
                : throw new InvalidOperationException($"Another caller gave this key for an outcome that is no {typeof(T)}.");
        }
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Func<CoordinatedWork, ValueTask<WorkOutcome>> Typed<T>(Func<CoordinatedWork, CancellationToken, ValueTask<T>> work) =>
        async right => codec.Encode(await work(right, right.Lost).ConfigureAwait(false));

    private CoordinatedFlight Join(string name, out bool begins)
    {
        lock (_gate)
        {
            if (!_flights.TryGetValue(name, out var flight))
            {
                _flights[name] = flight = new();
            }

            return Enter(flight, out begins);
        }
    }

    private CoordinatedFlight Follow(CoordinatedFlight failed, string name, out bool begins)
    {
        lock (_gate)
        {
            var next = Enter(failed.Next!, out begins);
            Leave(failed, name);
            return next;
        }
    }

    private static CoordinatedFlight Enter(CoordinatedFlight flight, out bool begins)
    {
        flight.Callers++;
        begins = !flight.IsBegun;
        flight.IsBegun = true;
        return flight;
    }

    private void Leave(CoordinatedFlight flight, string name)
    {
        lock (_gate)
        {
            if (--flight.Callers > 0)
            {
                return;
            }

            Forget(flight, name);
            flight.Leave();
            if (flight.Next is { IsBegun: false } next)
            {
                // All who were to begin it have left.
                Forget(next, name);
            }
        }
    }

    private async Task FlyAsync(
        CoordinatedFlight flight, string name, CoordinationOptions options,
        Func<CoordinatedWork, ValueTask<WorkOutcome>> work, Func<WorkOutcome, bool> isReadable)
    {
        WorkOutcome? outcome = null;
        Exception? error = null;
        try
        {
            outcome = await FindAsync(name, options, isReadable).ConfigureAwait(false)
                ?? await HoldAsync(flight, name, options, work, isReadable).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            error = failed;
        }

        lock (_gate)
        {
            // Before anybody hears of it: who tries again must not join what is over.
            Forget(flight, name);
            if (outcome is { IsShared: false } && flight.Callers > 0)
            {
                flight.Next = _flights.GetValueOrDefault(name) ?? (_flights[name] = new());
            }
        }

        if (outcome is not null)
        {
            flight.Succeed(outcome);
        }
        else
        {
            flight.Fail(error!);
        }
    }

    private async Task<WorkOutcome> HoldAsync(
        CoordinatedFlight flight, string name, CoordinationOptions options,
        Func<CoordinatedWork, ValueTask<WorkOutcome>> work, Func<WorkOutcome, bool> isReadable)
    {
        var handle = await mutex.AcquireAsync("outcome:" + name, options.Timeout, flight.Left).ConfigureAwait(false);
        await using (handle.ConfigureAwait(false))
        {
            if (await FindAsync(name, options, isReadable).ConfigureAwait(false) is { } known)
            {
                return known;
            }

            var outcome = await TryAsync(new(handle.FencingToken, handle.Lost), options, work).ConfigureAwait(false);
            return outcome.IsShared && !handle.Lost.IsCancellationRequested
                ? await KeepAsync(name, handle.FencingToken, outcome, options).ConfigureAwait(false)
                : outcome;
        }
    }

    private static async Task<WorkOutcome> TryAsync(CoordinatedWork right, CoordinationOptions options, Func<CoordinatedWork, ValueTask<WorkOutcome>> work)
    {
        try
        {
            return await work(right).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            return new() { Exception = error, Failure = error is OperationCanceledException ? null : options.ShareFailure?.Invoke(error) };
        }
    }

    private async Task<WorkOutcome?> FindAsync(string name, CoordinationOptions options, Func<WorkOutcome, bool> isReadable) =>
        await store.FindAsync(name).ConfigureAwait(false) is { } stored && codec.Read(name, stored, options.Secret) is { } outcome
            && (outcome.Failure is not null || isReadable(outcome))
            ? outcome
            : null;

    private async Task<WorkOutcome> KeepAsync(string name, long fencingToken, WorkOutcome outcome, CoordinationOptions options)
    {
        try
        {
            var newer = await store.KeepAsync(
                name, fencingToken, codec.Write(name, outcome, options.Secret), outcome.Failure?.ReplayWindow ?? options.ReplayWindow).ConfigureAwait(false);
            return newer is null ? outcome : codec.Read(name, newer, options.Secret) ?? outcome;
        }
        catch (Exception error)
        {
            // The work is done. That others may do it again is what they are made for.
            logger.OutcomeNotShared(error);
            return outcome;
        }
    }

    private void Forget(CoordinatedFlight flight, string name)
    {
        if (_flights.GetValueOrDefault(name) == flight)
        {
            _flights.Remove(name);
        }
    }
}
