using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Faults;

/// <summary>No room: on the disk of the files, on that of the temporary files, and on the server.</summary>
public sealed class FullTests
{
    [Fact]
    public async Task Files_on_a_full_disk_fail_as_full_keep_what_is_there_and_go_on_once_there_is_room()
    {
        await using var disk = await FullDisk.MountAsync();
        await using var storage = TestStorage.OnFiles(options => options.FileSystem.Root = Path.Combine(disk.Folder, "objects"));
        await storage.Store.PutTextAsync("kept", "before");
        await disk.FillAsync(leave: 200_000);

        foreach (var source in new Stream[] { new MemoryStream(FaultTable.Content), new SourceStream(FaultTable.Content) })
        {
            await storage.Store.PutAsync("kept", source).FailsWithAsync(ObjectStoreFailure.Full);
            await storage.Store.PutAsync("new", new MemoryStream(FaultTable.Content), new() { OnlyIfAbsent = true }).FailsWithAsync(ObjectStoreFailure.Full);
        }

        Assert.Equal("before", await storage.Store.ReadTextAsync("kept"));
        Assert.Equal(["kept"], (await storage.Store.ListAsync("").ToListAsync()).Select(item => item.Key));
        Assert.Empty(Directory.GetFiles(Path.Combine(storage.Options.FileSystem.Root, ".tmp")));
        await storage.Store.CopyAsync("kept", "copy");
        await storage.Store.DeleteAsync("copy");

        disk.Empty();
        await storage.Store.PutAsync("kept", new MemoryStream(FaultTable.Content));
        Assert.Equal(FaultTable.Content, await storage.Store.ReadAsync("kept"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_of_temporary_files_is_told_and_leaves_nothing(bool s3)
    {
        await using var disk = await FullDisk.MountAsync();
        void Configure(StorageOptions options) => options.Uploads.TemporaryFolder = Path.Combine(disk.Folder, "temporary");
        await using var storage = s3 ? TestStorage.OnS3(all: Configure) : TestStorage.OnFiles(Configure);
        var key = Guid.NewGuid().ToString("N");
        await disk.FillAsync(leave: 100_000);

        await storage.Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), 500_000), new() { MaximumBytes = 1_000_000 }, default)
            .FailsWithAsync(ObjectStoreFailure.Full);
        if (s3)
        {
            await storage.Store.PutAsync(key, new SourceStream(FaultTable.Content)).FailsWithAsync(ObjectStoreFailure.Full);
        }

        Assert.Empty(Directory.GetFileSystemEntries(storage.TemporaryFolder));
        disk.Empty();
        await using var upload = (await storage.Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), 500_000), new() { MaximumBytes = 1_000_000 }, default)).Accepted!;
        Assert.Equal(500_000, (await upload.SaveAsync(storage.Store, key)).Size);
        await storage.Store.DeleteAsync(key);
    }

    [Theory]
    [InlineData("507 Insufficient Storage", "")]
    [InlineData("507 Insufficient Storage", "<Error><Code>XMinioStorageFull</Code></Error>")]
    [InlineData("403 Forbidden", "<Error><Code>QuotaExceeded</Code></Error>")]
    public async Task A_server_without_room_is_full_and_reads_go_on(string status, string body)
    {
        await using var s3 = new FaultyS3(retries: 2);
        await s3.PrepareAsync();
        foreach (var operation in FaultTable.Operations.Keys.Where(operation => operation.StartsWith("put", StringComparison.Ordinal) || operation == "copy"))
        {
            FaultTable.PassAllButLast(s3.Proxy, operation);
            s3.Proxy.Faults.Enqueue(FaultTable.Answer(status, body));
            await s3.RunAsync(operation).FailsWithAsync(ObjectStoreFailure.Full);
            Assert.Empty(s3.Proxy.Faults);
            await s3.RunAsync("get");
            Assert.Null(await s3.Direct.StatAsync(s3.Prefix + FaultTable.Written));
        }

        await s3.AssertWholeAsync();
    }
}
