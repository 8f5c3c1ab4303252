using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>Files mirrored to S3 are a store, by the whole contract.</summary>
public sealed class MirroredObjectStoreTests() : ObjectStoreContract(TestStorage.OnFilesWith((builder, _) => builder
    .MirrorTo("s3").Services.AddKeyedStratAIStorage("s3", options => options.S3 = TestStorage.SharedS3())))
{
    protected override string ExpectedMode => "embedded";

    private IObjectStore Mirror => Storage.Services.GetRequiredKeyedService<IObjectStore>("s3");

    [Fact]
    public async Task What_is_written_copied_and_deleted_is_so_in_the_mirror_too()
    {
        var options = new PutOptions { ContentType = "text/plain", Metadata = new Dictionary<string, string> { ["x"] = "1" } };
        // Read once, though two stores want it.
        await Store.PutAsync(Prefix + "a", new SourceStream("hello"u8.ToArray()), options);
        await Store.CopyAsync(Prefix + "a", Prefix + "b", new() { ContentType = "text/csv" });

        var (a, b) = (await Mirror.StatAsync(Prefix + "a"), await Mirror.StatAsync(Prefix + "b"));
        Assert.Equal("hello", await Mirror.ReadTextAsync(Prefix + "a"));
        Assert.Equal(("text/plain", "1", "text/csv", "1"), (a!.ContentType, a.Metadata["x"], b!.ContentType, b.Metadata["x"]));

        await Store.PutTextAsync(Prefix + "a", "replaced");
        Assert.Equal("replaced", await Mirror.ReadTextAsync(Prefix + "a"));
        await Store.DeleteAsync(Prefix + "a");
        await Store.DeleteManyAsync([Prefix + "b", Prefix + "none"]);
        Assert.Empty(await Mirror.ListAsync(Prefix).ToListAsync());
        Assert.Null(await Store.GetAsync(Prefix + "a"));
    }

    [Fact]
    public async Task Writers_of_one_key_leave_both_stores_agreeing()
    {
        const int Seed = 20261126;
        var random = new Random(Seed);
        for (var round = 0; round < 10; round++)
        {
            var key = $"{Prefix}{round}";
            await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
            {
                if (random.Next(4) == 0)
                {
                    await Store.DeleteAsync(key);
                }

                await Store.PutAsync(key, new MemoryStream(new byte[random.Next(1, 5) * 1000 + i]));
            }));

            var (ours, theirs) = (await Store.ReadAsync(key), await Mirror.ReadAsync(key));
            Assert.True(ours!.Length == theirs?.Length, $"Round {round} of seed {Seed}: {ours.Length} bytes here and {theirs?.Length} in the mirror.");
        }
    }

    [Fact]
    public async Task What_the_mirror_lacks_is_copied_in_order_and_the_rest_left()
    {
        var (files, mirror) = (((Internal.MirroredObjectStore)Store).Primary, Storage.Services.GetRequiredService<IObjectMirror>());
        string[] keys = ["a", "a/b", "b", "c é", "d", "e", "f"];
        foreach (var key in keys)
        {
            await files.PutTextAsync(Prefix + key, key, new() { ContentType = "text/plain", Metadata = new Dictionary<string, string> { ["k"] = "v" } });
        }

        await Mirror.PutTextAsync(Prefix + "b", "b");
        await Mirror.PutTextAsync(Prefix + "d", "of another size");
        await Mirror.PutTextAsync(Prefix + "only there", "x");
        var reports = new List<MirrorProgress>();

        var done = await mirror.CopyMissingAsync(Prefix, progress: new Reports(reports));

        Assert.Equal(new(Prefix + "only there", 7, 6, 11, 0, 1), done);
        Assert.Equal(done, reports[^1]);
        Assert.Equal(Prefix + "d", reports[0].LastKey);
        foreach (var key in keys)
        {
            Assert.Equal(key, await Mirror.ReadTextAsync(Prefix + key));
        }

        var copied = await Mirror.StatAsync(Prefix + "c é");
        Assert.Equal(("text/plain", "v"), (copied!.ContentType, copied.Metadata["k"]));
        Assert.Equal(0, (await mirror.CopyMissingAsync(Prefix)).Copied);
        Assert.Equal(2, (await mirror.CopyMissingAsync(Prefix, after: Prefix + "d")).Compared);
    }

    private sealed class Reports(List<MirrorProgress> all) : IProgress<MirrorProgress>
    {
        public void Report(MirrorProgress value) => all.Add(value);
    }
}
