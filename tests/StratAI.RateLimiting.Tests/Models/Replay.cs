using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>Plays a history on stores and on the models, and compares every number of every answer.</summary>
internal sealed class Replay(History history, params IModelStore[] stores)
{
    private readonly Dictionary<(int Policy, int Key), BucketModel> _models = [];
    private readonly Callers _callers = new(history);
    private readonly List<string> _trace = [];
    private long _now = history.Start;
    private int _version;

    public int Admitted { get; private set; }

    public int Refused { get; private set; }

    public async Task RunAsync()
    {
        try
        {
            foreach (var step in history.Steps)
            {
                await PlayAsync(step);
            }

            await VerifyAsync();
        }
        catch (Exception e)
        {
            Assert.Fail($"{history}\n{string.Join('\n', _trace)}\n{e.Message}\n{e.StackTrace}");
        }
    }

    private async Task PlayAsync(Step step)
    {
        if (step.Version != _version)
        {
            VerifyBounds();
            _version = step.Version;
        }

        _now += Pause(step.Pause);
        if (step.Asks[0].Verb == Verb.Renew)
        {
            await RenewAsync(step.Asks[0]);
            return;
        }

        var requests = Array.ConvertAll(step.Asks, ask => _callers.Request(ask, history.Versions[_version][ask.Policy], _now));
        var reply = await CallAsync(step.Asks, requests);
        if (reply.Acquired || !CanFollow(step, requests) || RetryOf(requests, reply) is not { } retry)
        {
            return;
        }

        _trace.Add("and followed up:");
        _now += retry - 1;
        var before = retry > 1 ? await CallAsync(step.Asks, requests) : reply;
        // A hold may lapse meanwhile, and nobody can know whether it is renewed.
        Assert.True(!before.Acquired || Array.Exists(requests, request => request.Rules.IsHeld), "admitted before its retry time");
        _now += 1;
        Assert.True(before.Acquired || (await CallAsync(step.Asks, requests)).Acquired, "refused at its retry time");
    }

    /// <summary>
    /// Not what is known for a lease alone, and not what only looks by rules that were changed: what is stored then counts as of whenever it is looked at.
    /// </summary>
    private bool CanFollow(Step step, LimitRequest[] requests) =>
        step.Follow
        && !Array.Exists(step.Asks, ask => ask.Verb == Verb.CommitAgain)
        && !(history.HasChanges && Array.Exists(requests, request => request.IsPeek));

    private long Pause(long pause)
    {
        var length = Math.Max(1000, history.Versions[_version][0].Rules.SegmentMicros);
        var toBorder = length - (_now % length);
        return pause switch { History.ToBorder => toBorder, History.ToJustBefore => toBorder - 1, _ => pause };
    }

    private async Task<LimitReply> CallAsync(Ask[] asks, LimitRequest[] requests)
    {
        _trace.Add($"{_now - history.Start} v{_version}: {string.Join(", ", asks.Select((ask, i) => $"{ask.Verb} p{ask.Policy} k{ask.Key} {requests[i].Cost} {requests[i].Hold}"))}");
        var expected = Expect(asks, requests);
        _trace.Add($"  {expected.Acquired} {string.Join(' ', expected.Buckets.Select(bucket => $"[{bucket.Remaining} {bucket.ResetMicros} {bucket.RetryMicros} {bucket.Taken}]"))}");
        foreach (var store in stores)
        {
            var reply = await store.AcquireAsync(requests, _now);
            Assert.Equal(expected.Buckets, reply.Buckets);
            Assert.Equal(expected.Acquired, reply.Acquired);
        }

        return expected;
    }

    private LimitReply Expect(Ask[] asks, LimitRequest[] requests)
    {
        var models = Array.ConvertAll(asks, Model);
        for (var i = 0; i < models.Length; i++)
        {
            models[i] = requests[i].IsPeek ? models[i].Copy() : models[i];
            models[i].Adopt(requests[i], _now);
        }

        var room = models.Select((model, i) => model.HasRoom(requests[i], _now)).ToArray();
        var acquired = Enumerable.Range(0, room.Length).All(i => room[i] || requests[i].Policy.IsShadow);
        _ = acquired ? Admitted++ : Refused++;
        return new(acquired, [.. models.Select((model, i) =>
        {
            var retry = room[i] ? BucketView.HasRoom : model.Retry(requests[i], _now);
            if (!room[i] && !history.HasChanges)
            {
                model.VerifyRefusal(requests[i], _now);
            }

            var taken = acquired && room[i] ? model.Take(requests[i], _now) : 0;
            if (acquired && room[i])
            {
                _callers.Granted(asks[i], requests[i], _now);
            }

            return new BucketView(_now, model.Remaining(requests[i].Rules, _now), model.Reset(requests[i].Rules, _now), retry, taken);
        })]);
    }

    private async Task RenewAsync(Ask ask)
    {
        var request = _callers.Request(ask, history.Versions[_version][ask.Policy], _now);
        if (request.Hold is { IsForced: true, Amount: > 0 })
        {
            _trace.Add($"{_now - history.Start}: renew p{ask.Policy} k{ask.Key} {request.Hold}");
            ((HeldModel)Model(ask)).Renew(request, _now);
            foreach (var store in stores)
            {
                await store.RenewAsync(request, _now);
            }
        }
    }

    private BucketModel Model(Ask ask)
    {
        if (!_models.TryGetValue((ask.Policy, ask.Key), out var model))
        {
            model = _models[(ask.Policy, ask.Key)] = BucketModel.For(history.Versions[_version][ask.Policy].Rules);
        }

        return model;
    }

    private static long? RetryOf(LimitRequest[] requests, LimitReply reply)
    {
        var waits = reply.Buckets.Where((bucket, i) => bucket.IsViolated && !requests[i].Policy.IsShadow).Select(bucket => bucket.RetryMicros).ToArray();
        return waits.Min() < 0 ? null : waits.Max();
    }

    private void VerifyBounds()
    {
        foreach (var ((policy, _), model) in _models)
        {
            model.VerifyBound(history.Versions[_version][policy].Rules);
        }
    }

    /// <summary>The bounds, and that Redis keeps what still counts, and not for ever.</summary>
    private async Task VerifyAsync()
    {
        VerifyBounds();
        foreach (var store in stores.OfType<RedisModelStore>())
        {
            foreach (var ((policy, key), model) in _models)
            {
                var request = _callers.Request(new(Verb.Peek, policy, key, 0, 0), history.Versions[_version][policy], _now);
                var seen = model.Copy();
                seen.Adopt(request, _now);
                var counts = seen.Reset(request.Rules, _now);
                var expiry = await store.ExpiresAtAsync(request) * 1000;
                Assert.True(history.HasChanges || (counts == 0) || expiry >= _now + counts, $"p{policy} k{key} is dropped at {expiry}, and counts for {counts} from {_now}");
                Assert.True(expiry is null || expiry <= _now + LongestOf(policy) + 1000, $"p{policy} k{key} is kept until {expiry}, from {_now}");
            }

            await store.ForgetAsync();
        }
    }

    /// <summary>For how long anything can count or be remembered.</summary>
    private long LongestOf(int policy) => history.Versions.Max(version =>
    {
        var rules = version[policy].Rules;
        var counts = Math.Max(rules.WindowMicros, rules.SegmentMicros * rules.CountedSegments);
        return rules.IsHeld ? Math.Max(120_000_000, Math.Max(rules.LeaseMicros, counts)) : counts;
    });
}
