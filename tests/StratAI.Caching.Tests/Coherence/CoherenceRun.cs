using System.Diagnostics;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>
/// One random run: reads, writes, removes and removes of tags on four nodes, with slow and failing factories, while messages are lost, late and out of order, links are
/// cut and hang, and the server is harmed. Every read is held to <see cref="Truth"/>. This part runs, <c>.Steps</c> are the steps.
/// </summary>
internal sealed partial class CoherenceRun
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private const int Steps = 80;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly IModelCluster _cluster;
    private readonly Random _random;
    private readonly Truth _truth;
    private readonly RowSource _rows;
    private readonly List<Call> _calls = [];
    private readonly List<string> _trace = [];
    private readonly HashSet<string> _beingSet = [];

    /// <summary>0 no faults, 1 of messages, 2 of links too, 3 of the server too.</summary>
    private readonly int _faults;

    public CoherenceRun(IModelCluster cluster, int seed)
    {
        (_cluster, _random, _truth) = (cluster, new(seed), new(Bound, cluster.Nodes.Count));
        _rows = new(_truth, seed);
        _faults = Math.Min(3, _random.Next(6));
    }

    /// <summary>Reads that ended with a value.</summary>
    public int Reads { get; private set; }

    /// <summary>Runs of factories for them.</summary>
    public int Made { get; private set; }

    public string Trace => string.Join("\n  ", _trace);

    /// <exception cref="ModelFailure">A read returned what it may not.</exception>
    public async Task RunAsync()
    {
        await PassAsync(TimeSpan.FromMilliseconds(200));
        for (var i = 0; i < Steps; i++)
        {
            await StepAsync();
            Collect();
        }

        Made = _rows.Runs;
        await EndAsync();
    }

    /// <summary>Everything is mended: every call ends, every invalidation is delivered, and once the bound has passed every node reads what there is.</summary>
    private async Task EndAsync()
    {
        _trace.Add("mended");
        _rows.IsCalm = true;
        // Also those that nobody waits for, such as of a caller that was given the value past its lifetime: a read below would join them.
        _rows.Finish(all: true);
        foreach (var node in _cluster.Nodes)
        {
            node.Link.Fate = () => Caching.Testing.MessageFate.Arrives;
            node.Link.Release(_random);
            node.Link.Restore();
        }

        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience && (_calls.Count > 0 || _truth.HasDeferred);)
        {
            _rows.Finish(all: true);
            await _cluster.PauseAsync(Task.WhenAll(_calls.Select(call => call.Task)));
            await PassAsync(TimeSpan.FromMilliseconds(400));
        }

        Require(_calls.Count == 0, $"a call never ended: {string.Join("; ", _calls.Select(call => call.Text))}");
        Require(!_truth.HasDeferred, "an invalidation was never delivered");
        for (var passed = TimeSpan.Zero; passed < 2 * Bound; passed += Bound / 10)
        {
            await PassAsync(Bound / 10);
        }

        foreach (var (node, index) in _cluster.Nodes.Select((node, index) => (node, index)))
        {
            Require(node.Level.Impairment is null, $"node {index} did not recover: {node.Level.Impairment}");
            foreach (var key in Truth.Keys)
            {
                var version = await node.Cache.GetOrCreateAsync(key, token => _rows.ReadAsync(key, token), null, Truth.Tags[key]).AsTask().WaitAsync(Patience);
                Require(version == _truth[key], $"at last node {index} reads {key}={version}, but it is {_truth[key]}");
            }
        }
    }

    private async Task PassAsync(TimeSpan time)
    {
        await _cluster.AdvanceAsync(time);
        _truth.Now += time;
        Collect();
    }

    /// <summary>Begins a call, and goes on when it has ended or nothing more comes of it for now.</summary>
    private async Task BeginAsync(string text, ModelNode node, Func<CancellationToken, Task> begin, Action<Task> end)
    {
        Note(text);
        var slow = _rows.NextSlow;
        var cancellation = new CancellationTokenSource();
        var call = new Call(text, begin(cancellation.Token), end, cancellation);
        _calls.Add(call);
        if (node.Link.IsUp)
        {
            await _cluster.PauseAsync(Task.WhenAny(call.Task, slow));
        }
    }

    private void Collect()
    {
        foreach (var call in _calls.ToArray())
        {
            if (call.Task.IsCompleted)
            {
                _calls.Remove(call);
                Note($"... ends: {call.Text}{(call.Task is Task<int> { IsCompletedSuccessfully: true } read ? $" = {read.Result}" : $" {call.Task.Status}")}");
                call.End(call.Task);
                call.Cancellation.Dispose();
            }
        }

        _truth.Observe(_cluster.Nodes);
    }

    private void Note(string text) => _trace.Add($"{_truth.Now.TotalSeconds:F2} {text}");

    private void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new ModelFailure($"{what}\n  {Trace}");
        }
    }

    private sealed record Call(string Text, Task Task, Action<Task> End, CancellationTokenSource Cancellation);
}
