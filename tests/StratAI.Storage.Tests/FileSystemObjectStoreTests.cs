using System.Text;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class FileSystemObjectStoreTests() : ObjectStoreContract(TestStorage.OnFiles())
{
    protected override string ExpectedMode => "embedded";

    private string Root => Storage.Options.FileSystem.Root;

    private string Temporary => Path.Combine(Root, ".tmp");

    [Fact]
    public async Task The_etag_is_the_sha256_of_the_bytes()
    {
        var info = await Store.PutTextAsync(Prefix + "a", "abc");

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", info.ETag);
    }

    [Fact]
    public async Task A_failed_or_finished_write_leaves_no_temporary_file()
    {
        await Store.PutTextAsync(Prefix + "a", "x");
        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(Prefix + "b", new SourceStream(new byte[100]) { StopAt = 50, Failure = new IOException() }));
        await Store.PutTextAsync(Prefix + "a", "y", new() { OnlyIfAbsent = true }).FailsWithAsync(ObjectStoreFailure.PreconditionFailed);

        Assert.Empty(Directory.GetFiles(Temporary));
    }

    [Fact]
    public async Task A_new_store_sweeps_what_a_stopped_process_left_but_not_what_is_being_written()
    {
        var release = new TaskCompletionSource();
        var source = new SourceStream(new byte[100]) { StopAt = 50, Until = release.Task };
        var writing = Store.PutAsync(Prefix + "slow", source);
        await source.Reached;
        await File.WriteAllTextAsync(Path.Combine(Temporary, "left-behind"), "half an object");

        await using var second = TestStorage.OnFiles(options => options.FileSystem.Root = Root);
        Assert.Null(await second.Store.StatAsync("nothing"));

        Assert.False(File.Exists(Path.Combine(Temporary, "left-behind")));
        release.SetResult();
        await writing;
        Assert.Equal(100, (await second.Store.StatAsync(Prefix + "slow"))!.Size);
    }

    [Fact]
    public async Task Two_keys_never_share_a_file_even_where_case_is_ignored()
    {
        foreach (var key in new[] { "Straße", "STRASSE", "strasse", "a", "A", "%41", "é", "É" })
        {
            await Store.PutTextAsync(Prefix + key, key);
        }

        var names = Directory.GetFiles(Root, "*~o", SearchOption.AllDirectories).Select(path => path.ToUpperInvariant()).ToList();
        Assert.Equal(8, names.Distinct().Count());
    }

    [Fact]
    public async Task Nothing_is_written_outside_the_root_and_foreign_files_are_not_listed()
    {
        await File.WriteAllTextAsync(Path.Combine(Storage.Folder, "secret"), "s");
        await Store.PutTextAsync("..%2F..%2Fsecret", "x");
        await Store.PutTextAsync("..\\..\\secret", "x");
        await File.WriteAllTextAsync(Path.Combine(Root, "notes.txt"), "not an object");
        await File.WriteAllTextAsync(Path.Combine(Root, "%zz~o"), "not an object");

        Assert.Equal(["..%2F..%2Fsecret", "..\\..\\secret"], (await Store.ListAsync("").ToListAsync()).Select(info => info.Key));
        Assert.Equal("s", await File.ReadAllTextAsync(Path.Combine(Storage.Folder, "secret")));
        Assert.Equal(["objects", "secret"], Directory.GetFileSystemEntries(Storage.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_damaged_file_is_reported_and_not_served()
    {
        await Store.PutTextAsync(Prefix + "a", "some bytes");
        var path = Assert.Single(Directory.GetFiles(Root, "*~o", SearchOption.AllDirectories));
        var whole = await File.ReadAllBytesAsync(path);

        foreach (var damaged in new[] { [], whole[..5], whole[..^1], whole[1..], [.. whole[..^12], .. new byte[12]], Encoding.UTF8.GetBytes("not ours") })
        {
            await File.WriteAllBytesAsync(path, damaged);
            await Store.GetAsync(Prefix + "a").FailsWithAsync(ObjectStoreFailure.Corrupt);
            await Store.StatAsync(Prefix + "a").FailsWithAsync(ObjectStoreFailure.Corrupt);
        }

        await Store.PutTextAsync(Prefix + "a", "repaired");
        Assert.Equal("repaired", await Store.ReadTextAsync(Prefix + "a"));
    }

    [Fact]
    public async Task Deleting_removes_emptied_folders_and_writers_beside_it_never_fail()
    {
        await Parallel.ForAsync(0, 400, async (i, token) =>
        {
            var key = $"{Prefix}x/y/{i % 4}";
            await Store.PutTextAsync(key, "x");
            await Store.DeleteAsync(key, token);
        });

        Assert.Equal([".tmp"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_a_failure_of_the_store()
    {
        await Store.PutTextAsync("a", "x");
        Directory.Delete(Temporary);
        await File.WriteAllTextAsync(Temporary, "a file where the folder should be");

        await Store.PutTextAsync("b", "x").FailsWithAsync(ObjectStoreFailure.Unavailable);
        Assert.Equal("x", await Store.ReadTextAsync("a"));
    }
}
