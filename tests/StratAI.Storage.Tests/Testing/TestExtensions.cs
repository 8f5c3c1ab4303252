using System.Text;

namespace StratAI.Storage.Tests.Testing;

public static class TestExtensions
{
    public static Task<ObjectInfo> PutTextAsync(this IObjectStore store, string key, string text, PutOptions? options = null) =>
        store.PutAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(text)), options);

    public static async Task<byte[]?> ReadAsync(this IObjectStore store, string key, ByteRange? range = null)
    {
        await using var content = await store.GetAsync(key, new() { Range = range });
        return content is null ? null : await content.Stream.ReadToEndAsync();
    }

    public static async Task<string?> ReadTextAsync(this IObjectStore store, string key, ByteRange? range = null) =>
        await store.ReadAsync(key, range) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public static async Task<byte[]> ReadToEndAsync(this Stream stream)
    {
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    public static async Task<List<ObjectInfo>> ToListAsync(this IAsyncEnumerable<ObjectInfo> items)
    {
        var list = new List<ObjectInfo>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    public static async Task FailsWithAsync(this Task task, ObjectStoreFailure failure) =>
        Assert.Equal(failure, (await Assert.ThrowsAsync<ObjectStoreException>(() => task.WaitAsync(TimeSpan.FromMinutes(1)))).Failure);
}
