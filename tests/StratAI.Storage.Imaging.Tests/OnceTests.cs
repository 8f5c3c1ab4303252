using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class OnceTests
{
    private const string Made = "duration operation=variant outcome=ok";

    [Fact]
    public async Task Many_who_ask_at_once_get_one_variant_made()
    {
        await using var imaging = new TestImaging(options => options.QueueLimit = 0);
        using var measured = new Measurements(imaging.Meters);
        await imaging.PutAsync("a", TestImages.Make("image/png", 800, 600));

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => imaging.Variants.GetAsync("a", "image/png", 640, ImageFormat.WebP)));

        Assert.All(results, result => Assert.True(result.IsOk));
        Assert.Equal(1, measured.Count(Made));
    }

    [Fact]
    public async Task Two_instances_over_one_lock_make_it_once()
    {
        var shared = new SharedLock();
        await using var one = new TestImaging(services: services => services.AddSingleton<IVariantLock>(shared));
        await using var other = new TestImaging(folder: one.Folder, services: services => services.AddSingleton<IVariantLock>(shared));
        using var measuredOne = new Measurements(one.Meters);
        using var measuredOther = new Measurements(other.Meters);
        await one.PutAsync("a", TestImages.Make("image/png", 800, 600));

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : other).Variants.GetAsync("a", "image/png", 640, ImageFormat.WebP)));

        Assert.All(results, result => Assert.True(result.IsOk));
        Assert.Equal(1, measuredOne.Count(Made) + measuredOther.Count(Made));
    }

    [Fact]
    public async Task What_an_image_cannot_have_is_told_to_all_who_wait_and_tried_again_by_the_next()
    {
        await using var imaging = new TestImaging();
        await imaging.PutAsync("a", "broken"u8.ToArray());

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => imaging.Variants.GetAsync("a", "image/png", 320, ImageFormat.Png)));
        await imaging.PutAsync("a", TestImages.Make("image/png", 800, 600));

        Assert.All(results, result => Assert.Equal("image-invalid", result.Refusal?.Code));
        Assert.True((await imaging.Variants.GetAsync("a", "image/png", 320, ImageFormat.Png)).IsOk);
    }

    [Fact]
    public async Task Who_leaves_does_not_end_the_work_of_those_who_wait()
    {
        await using var imaging = new TestImaging();
        var (asked, may) = (new TaskCompletionSource(), new TaskCompletionSource<Stream?>());
        using var leaving = new CancellationTokenSource();
        var first = imaging.Variants.GetAsync("a", "image/png", 320, ImageFormat.Png, Open, leaving.Token);
        await asked.Task;
        var second = imaging.Variants.GetAsync("a", "image/png", 320, ImageFormat.Png, Open);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(TimeSpan.FromMinutes(1)));
        may.SetResult(new MemoryStream(TestImages.Make("image/png", 800, 600)));

        Assert.True((await second).IsOk);

        Task<Stream?> Open(CancellationToken cancellationToken)
        {
            asked.TrySetResult();
            return may.Task;
        }
    }

    [Fact]
    public async Task A_store_that_fails_is_no_refusal()
    {
        await using var imaging = new TestImaging();
        var failure = new ObjectStoreException(ObjectStoreFailure.Unavailable, "away");

        var thrown = await Assert.ThrowsAsync<ObjectStoreException>(() => imaging.Variants.GetAsync("a", "image/png", 320, ImageFormat.Png, _ => throw failure));

        Assert.Same(failure, thrown);
    }

    /// <summary>What a distributed lock with a shared outcome does.</summary>
    private sealed class SharedLock : IVariantLock
    {
        private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new();

        public async Task<VariantOutcome> RunOnceAsync(string key, Func<CancellationToken, Task<VariantOutcome>> work, CancellationToken cancellationToken)
        {
            var held = _locks.GetOrAdd(key, _ => new(1));
            await held.WaitAsync(cancellationToken);
            try
            {
                return await work(cancellationToken);
            }
            finally
            {
                held.Release();
            }
        }
    }
}
