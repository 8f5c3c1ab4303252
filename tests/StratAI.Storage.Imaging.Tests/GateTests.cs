using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Imaging.Internal;
using StratAI.Storage.Imaging.Tests.Testing;
using StratAI.Testing.Redis;

namespace StratAI.Storage.Imaging.Tests;

public sealed class GateTests
{
    [Fact]
    public async Task Images_beyond_the_queue_are_refused_with_a_time_to_come_back_and_taken_again_later()
    {
        await using var imaging = new TestImaging(options => (options.Concurrency, options.QueueLimit) = (1, 2));
        using var measured = new Measurements(imaging.Meters);
        var gate = imaging.Get<ImageGate>();
        var place = gate.TryEnter()!;
        using var go = new SemaphoreSlim(0);
        var running = gate.RunAsync(_ => go.Wait(TimeSpan.FromMinutes(1), CancellationToken.None), default);
        var waiting = Enumerable.Range(0, 2).Select(i => imaging.Variants.GetAsync($"waiting-{i}", "image/png", 320, ImageFormat.Png, Open)).ToList();
        // Before they stand in the queue they have looked at the store.
        await Eventually.TrueAsync(() => measured.Queue == 2, "both wait");

        var refused = await imaging.Variants.GetAsync("refused", "image/png", 320, ImageFormat.Png, Open);
        Assert.Equal((ImageRefusalReason.Busy, "images-busy"), (refused.Refusal?.Reason, refused.Refusal?.Code));
        Assert.True(refused.Refusal!.RetryAfter > TimeSpan.Zero);
        Assert.Equal("images-busy", (await imaging.InspectAsync(TestImages.Make("image/png", 64, 48))).Refusal?.Code);
        go.Release();
        Assert.True(await running);
        place.Dispose();

        Assert.All(await Task.WhenAll(waiting), result => Assert.True(result.IsOk));
        Assert.True((await imaging.Variants.GetAsync("refused", "image/png", 320, ImageFormat.Png, Open)).IsOk);
        Assert.Equal((1, 1), (measured.Count("refusals operation=variant reason=images-busy"), measured.Count("refusals operation=inspect reason=images-busy")));

        static Task<Stream?> Open(CancellationToken cancellationToken) => Task.FromResult<Stream?>(new MemoryStream(TestImages.Make("image/png", 64, 48)));
    }

    [Fact]
    public async Task So_many_run_at_a_time_on_threads_of_their_own_and_the_others_are_the_queue()
    {
        await using var imaging = new TestImaging(options => (options.Concurrency, options.QueueLimit) = (2, 10));
        using var measured = new Measurements(imaging.Meters);
        var gate = imaging.Get<ImageGate>();
        using var release = new SemaphoreSlim(0);
        using var started = new SemaphoreSlim(0);
        var (running, most, pool) = (0, 0, 0);

        var all = Enumerable.Range(0, 6).Select(_ => gate.RunAsync(
            _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                pool += Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
                started.Release();
                release.Wait(CancellationToken.None);
                return Interlocked.Decrement(ref running);
            },
            default)).ToList();
        await started.WaitAsync();
        await started.WaitAsync();

        Assert.Equal(4, measured.Queue);
        release.Release(6);
        await Task.WhenAll(all);
        Assert.Equal((2, 0, 0), (most, pool, measured.Queue));
    }

    [Fact]
    public async Task An_image_that_takes_too_long_is_refused_and_its_turn_given_back()
    {
        var time = new FakeTimeProvider();
        await using var imaging = new TestImaging(
            options => (options.Concurrency, options.QueueLimit, options.Timeout) = (1, 0, TimeSpan.FromSeconds(10)), services: services => services.AddSingleton<TimeProvider>(time));
        var gate = imaging.Get<ImageGate>();
        var engine = imaging.Get<ImageEngine>();
        var source = new BlockingStream(TestImages.Make("image/png", 640, 480));

        var slow = engine.RunAsync("inspect", source, "image/png", null, (file, _) => Placeholder.Of(file), default);
        await source.Asked;
        time.Advance(TimeSpan.FromSeconds(10));
        source.Go();

        Assert.Equal("image-timed-out", (await Assert.ThrowsAsync<ImageRefusedException>(() => slow)).Refusal.Code);
        Assert.Equal(1, await gate.RunAsync(_ => 1, default));
    }

    [Fact]
    public async Task A_caller_that_leaves_the_queue_or_the_work_gives_its_place_back()
    {
        await using var imaging = new TestImaging(options => (options.Concurrency, options.QueueLimit) = (1, 1));
        using var measured = new Measurements(imaging.Meters);
        var engine = imaging.Get<ImageEngine>();
        using var leaving = new CancellationTokenSource();
        var source = new BlockingStream(TestImages.Make("image/png", 640, 480));
        var working = engine.RunAsync("inspect", source, "image/png", null, (file, _) => Placeholder.Of(file), leaving.Token);
        await source.Asked;
        await using var upload = await imaging.UploadAsync(TestImages.Make("image/png", 64, 48));
        var waiting = imaging.Inspector.InspectAsync(upload, leaving.Token);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        source.Go();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);

        Assert.Equal(0, measured.Queue);
        Assert.True((await imaging.InspectAsync(TestImages.Make("image/png", 64, 48))).IsOk);
        Assert.Equal(1, measured.Count("duration operation=inspect outcome=cancelled"));
    }

    /// <summary>A file whose first bytes come when the test says so.</summary>
    private sealed class BlockingStream(byte[] bytes) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _go = new();

        public Task Asked => _asked.Task;

        public void Go() => _go.SetResult();

        public override int Read(byte[] buffer, int offset, int count)
        {
            _asked.TrySetResult();
            _go.Task.GetAwaiter().GetResult();
            return base.Read(buffer, offset, count);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.TrySetResult();
            await _go.Task;
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
