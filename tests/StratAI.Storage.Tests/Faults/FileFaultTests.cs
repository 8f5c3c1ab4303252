using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Faults;

/// <summary>The operations of the table on files whose folder is gone, is no folder, or comes back.</summary>
public sealed class FileFaultTests
{
    public static TheoryData<string> Operations => new(FaultTable.Operations.Keys);

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_folder_that_is_a_file_for_a_while_fails_as_the_store_does_and_works_again(string operation)
    {
        await using var storage = TestStorage.OnFiles();
        await PrepareAsync(storage);
        var root = storage.Options.FileSystem.Root;
        Directory.Move(root, root + "-away");
        await File.WriteAllTextAsync(root, "no folder");

        // What is not there is no failure, and so a reader cannot tell; a writer must.
        var failure = await Record.ExceptionAsync(() => FaultTable.Operations[operation](storage.Store, "", default));
        Assert.True(failure is null or ObjectStoreException or Xunit.Sdk.XunitException or NullReferenceException, $"{failure}");
        if (operation.StartsWith("put", StringComparison.Ordinal))
        {
            Assert.Equal(ObjectStoreFailure.Unavailable, Assert.IsType<ObjectStoreException>(failure).Failure);
        }

        File.Delete(root);
        Directory.Move(root + "-away", root);
        await FaultTable.Operations[operation](storage.Store, "", default);
        Assert.Empty(Directory.GetFiles(Path.Combine(root, ".tmp")));
    }

    private static Task<ObjectInfo> PrepareAsync(TestStorage storage) => storage.Store.PutAsync(FaultTable.Existing, new MemoryStream(FaultTable.Content));
}
