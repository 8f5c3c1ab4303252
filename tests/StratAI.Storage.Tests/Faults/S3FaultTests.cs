using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;
using StratAI.Testing.Redis;

namespace StratAI.Storage.Tests.Faults;

/// <summary>Every operation against every fault of one request: what the caller sees, what is left, and that the next request passes.</summary>
public sealed class S3FaultTests
{
    /// <summary>Far below the 15 s that a silent server is given: none of these faults is one of silence.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Operations => new(FaultTable.Operations.Keys);

    public static TheoryData<string, string> Spoiled
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var operation in FaultTable.Operations.Keys)
            {
                foreach (var fault in FaultTable.Faults.Keys.Where(fault => FaultTable.Applies(operation, fault)))
                {
                    rows.Add(operation, fault);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Spoiled))]
    public async Task A_spoiled_request_is_unavailable_soon_and_leaves_nothing_half_done(string operation, string fault)
    {
        await using var s3 = new FaultyS3(retries: 0);
        await s3.PrepareAsync();
        FaultTable.PassAllButLast(s3.Proxy, operation);
        // Not of one request alone: .NET itself makes one without a body again up to three times when nothing at all is answered.
        s3.Proxy.Always = FaultTable.Faults[fault];
        var watch = Stopwatch.StartNew();

        await s3.RunAsync(operation).FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Soon);
        await s3.AssertWholeAsync();
        await s3.Direct.DeleteManyAsync([s3.Prefix + FaultTable.Written, s3.Prefix + FaultTable.Empty]);
        s3.Proxy.Always = null;
        await s3.RunAsync(operation);
        await s3.AssertWholeAsync();
    }

    [Theory]
    [MemberData(nameof(Spoiled))]
    public async Task A_spoiled_request_is_made_again_where_that_is_safe_and_only_there(string operation, string fault)
    {
        await using var s3 = new FaultyS3(retries: 2);
        await s3.PrepareAsync();
        FaultTable.PassAllButLast(s3.Proxy, operation);
        s3.Proxy.Faults.Enqueue(FaultTable.Faults[fault]);
        var once = FaultTable.RequestsOf(operation);

        if (FaultTable.IsRepeatable(operation))
        {
            await s3.RunAsync(operation);
            Assert.Equal(once + 1, s3.Proxy.Requests);
        }
        else
        {
            await s3.RunAsync(operation).FailsWithAsync(ObjectStoreFailure.Unavailable);
            Assert.Equal(once, s3.Proxy.Requests);
        }

        await s3.AssertWholeAsync();
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_server_that_is_stopped_is_unavailable_soon_and_works_once_it_is_started_again(string operation)
    {
        await using var s3 = new FaultyS3(retries: 2);
        await s3.PrepareAsync();
        s3.Proxy.Stop();
        var watch = Stopwatch.StartNew();

        await s3.RunAsync(operation).FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Soon);
        s3.Proxy.Start();
        await s3.RunAsync(operation);
        await s3.AssertWholeAsync();
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_request_that_no_server_got_is_made_again_whatever_it_is(string operation)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var s3 = new FaultyS3(retries: 2, time);
        await s3.PrepareAsync();
        s3.Proxy.Stop();
        using var retries = s3.Retries();

        var running = s3.RunAsync(operation);
        await Eventually.TrueAsync(() => retries.All.Count == 1, "the first attempt has failed");
        s3.Proxy.Start();
        await Eventually.TrueAsync(() => Advance(time, running), "the next attempt is made");

        await running;
        await s3.AssertWholeAsync();
    }

    private static bool Advance(FakeTimeProvider time, Task until)
    {
        time.Advance(TimeSpan.FromMilliseconds(until.IsCompleted ? 0 : 10));
        return until.IsCompleted;
    }
}
