using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>Allocations are counted for the whole process, so nothing else may run beside these.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const long Size = 50_000_000;
    private const long Allowed = 4_000_000;
    private static readonly byte[] Pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("fifty megabytes of text ", 5000)));

    [Fact]
    public async Task The_gate_takes_fifty_megabytes_in_with_flat_memory()
    {
        await using var storage = TestStorage.OnFiles();
        var allocated = await MeasureAsync(async size =>
        {
            await using var upload = (await storage.Gate.ReceiveAsync(new SourceStream(Pattern, size), new() { MaximumBytes = Size }, default)).Accepted!;
            Assert.Equal(size, upload.Size);
        });

        Assert.InRange(allocated, 0, Allowed);
    }

    [Fact]
    public async Task Files_move_fifty_megabytes_with_flat_memory()
    {
        await using var storage = TestStorage.OnFiles();

        Assert.InRange(await MeasureAsync(size => MoveAsync(storage.Store, size)), 0, Allowed);
    }

    [Fact]
    public async Task A_mirrored_store_moves_fifty_megabytes_with_flat_memory()
    {
        await using var storage = TestStorage.OnFilesWith((builder, folder) => builder.MirrorTo("m").Services.AddKeyedStratAIStorage("m", options =>
        {
            options.FileSystem.Root = Path.Combine(folder, "mirror");
            options.FileSystem.PublicPath = "/mirror";
        }));

        Assert.InRange(await MeasureAsync(size => MoveAsync(storage.Store, size)), 0, Allowed);
    }

    [Fact]
    public async Task Counting_bytes_allocates_nothing_for_a_read()
    {
        await using var storage = TestStorage.OnFiles();
        var metrics = storage.Services.GetRequiredService<Internal.StorageMetrics>();
        long counted = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == StorageDiagnostics.IO)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        listener.Start();
        var buffer = new byte[1000];
        await using var stream = metrics.CountReads(new EndlessStream());
        await ReadAsync();

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await ReadAsync();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.True(allocated < 10_000, $"{allocated} bytes for 1,000 reads");
        Assert.Equal(2_000_000, counted);

        async Task ReadAsync()
        {
            for (var i = 0; i < 1000; i++)
            {
                await stream.ReadExactlyAsync(buffer);
            }
        }
    }

    [Fact]
    public async Task S3_moves_fifty_megabytes_with_flat_memory()
    {
        await using var storage = TestStorage.OnS3();

        Assert.InRange(await MeasureAsync(size => MoveAsync(storage.Store, size)), 0, Allowed);
    }

    private static async Task MoveAsync(IObjectStore store, long size)
    {
        await store.PutAsync("memory-test", new SourceStream(Pattern, size), new() { Length = size });
        await using var content = await store.GetAsync("memory-test");
        var buffer = new byte[64 * 1024];
        long read = 0;
        int count;
        while ((count = await content!.Stream.ReadAsync(buffer)) > 0)
        {
            read += count;
        }

        Assert.Equal(size, read);
        await store.DeleteAsync("memory-test");
    }

    private static async Task<long> MeasureAsync(Func<long, Task> move)
    {
        // Pools and connections are made once, whatever the size.
        await move(1_000_000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await move(Size);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
