using System.Diagnostics.Metrics;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;

namespace StratAI.Host.Tests.Objects;

public abstract class SweeperTests(HostFixture fixture)
{
    [Fact]
    public async Task Objects_whose_deletion_always_fails_hold_nothing_up()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        // More than are claimed at a time, all of them due before the others.
        var stuck = await AbandonAsync(deployment, "stuck", 150);
        deployment.Clock.Advance(TimeSpan.FromMinutes(1));
        await AbandonAsync(deployment, "fine", 10);
        deployment.Clock.Advance(TimeSpan.FromHours(2));
        var store = new StubbornStore(deployment.Store, key => key.StartsWith("stuck", StringComparison.Ordinal));

        await deployment.Ledger(store).SweepAsync(default);

        Assert.Equal(stuck.Order(StringComparer.Ordinal), await deployment.KeysAsync());
        Assert.Equal(150, store.Refused);
        // They are left alone for a while, and then tried again.
        deployment.Clock.Advance(TimeSpan.FromMinutes(1));
        await deployment.Ledger(store).SweepAsync(default);
        Assert.Equal(150, store.Refused);
        deployment.Clock.Advance(TimeSpan.FromMinutes(5));
        await deployment.Ledger(store).SweepAsync(default);
        Assert.Equal(300, store.Refused);
        await deployment.AssertAllIsOwnedAsync(0);
    }

    [Fact]
    public async Task Several_sweepers_at_once_delete_each_object_once()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        await AbandonAsync(deployment, "lost", 500);
        deployment.Clock.Advance(TimeSpan.FromHours(2));
        var store = new StubbornStore(deployment.Store, _ => false);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => deployment.Ledger(store).SweepAsync(default)));

        Assert.Equal(500, store.Asked);
        Assert.Empty(await deployment.KeysAsync());
        await deployment.AssertAllIsOwnedAsync(0);
    }

    [Fact]
    public async Task What_is_swept_is_counted_by_its_cause()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        var meters = deployment.Get<IMeterFactory>();
        var counts = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (published, it) =>
        {
            if (published.Name == "stratai.host.objects.swept" && published.Meter.Scope == meters)
            {
                it.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counts[(string)tags[0].Value!] = counts.GetValueOrDefault((string)tags[0].Value!) + value);
        listener.Start();
        await AbandonAsync(deployment, "lost", 3);
        var user = await deployment.Host.SignInAsync("ada");
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        await user.UploadAsync("a.txt", "text"u8.ToArray(), null, ("spaceId", $"{space}"));
        await user.DeleteAsync($"/api/spaces/{space}");

        await deployment.SweepOutAsync();

        Assert.Equal(new Dictionary<string, long> { ["abandoned"] = 3, ["deleted"] = 1 }, counts);
    }

    [Fact]
    public async Task An_upload_that_outlives_the_sweeper_deletes_its_own_bytes()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        var key = $"documents/{Guid.NewGuid():N}";
        await deployment.Ledger().BeginAsync(key, "ada", ObjectLedger.UploadLimit, default);
        await deployment.SweepOutAsync();

        // Only now its bytes come in, off the record; then its commit fails.
        await deployment.Store.PutAsync(key, new MemoryStream([1]));
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(
            () => deployment.Database.WriteAsync(async work => { await ObjectLedger.CommitAsync(work, key, "hash", 1); return 0; }, default));
        await deployment.Ledger().TryAbandonAsync(key);

        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Failure);
        await deployment.AssertAllIsOwnedAsync(0);
    }

    private static async Task<List<string>> AbandonAsync(ObjectDeployment deployment, string name, int count)
    {
        var keys = Enumerable.Range(0, count).Select(i => $"{name}/{i}").ToList();
        foreach (var key in keys)
        {
            await deployment.Ledger().BeginAsync(key, "ada", ObjectLedger.UploadLimit, default);
            await deployment.Store.PutAsync(key, new MemoryStream([1]));
        }

        return keys;
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : SweeperTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : SweeperTests(host);
}
