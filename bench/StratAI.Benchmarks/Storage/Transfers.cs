using Amazon.S3.Transfer;
using Minio.DataModel.Args;

namespace StratAI.Benchmarks.Storage;

/// <summary>Every way to put or get one object that is compared.</summary>
internal sealed class Transfers(S3Space space, long length) : IDisposable
{
    // Unpooled buffers of the client would be measured else: with its own block size it copies as the store does.
    private const int CopyBytes = 64 * 1024;

    private readonly HttpClient _http = new();
    private readonly TransferUtility _transfers = new(space.Amazon);
    private Uri? _get;

    public async Task PutBareAsync()
    {
        using var content = new StreamContent(new MadeStream(length), CopyBytes);
        content.Headers.ContentLength = length;
        using var response = await _http.PutAsync(Presign(NewKey(), Amazon.S3.HttpVerb.PUT), content);
        response.EnsureSuccessStatusCode();
    }

    public Task PutKnownAsync() => space.Store.PutAsync(NewKey(), new MadeStream(length), new() { Length = length });

    public Task PutUnknownAsync() => space.Store.PutAsync(NewKey(), new MadeStream(length));

    public async Task PutThroughGateAsync()
    {
        var result = await space.Gate.ReceiveAsync(new MadeStream(length), new() { MaximumBytes = length, DeclaredContentType = "text/plain" }, CancellationToken.None);
        await using var upload = result.Accepted ?? throw new InvalidOperationException(result.Refusal!.Detail);
        await upload.SaveAsync(space.Store, NewKey());
    }

    public Task PutPartsAsync() => PooledParts.UploadAsync(space, NewKey(), new MadeStream(length));

    public Task PutMinioAsync() => space.Minio.PutObjectAsync(
        new PutObjectArgs().WithBucket(space.Bucket).WithObject(NewKey()).WithStreamData(new MadeStream(length)).WithObjectSize(length));

    public Task PutAmazonAsync() => _transfers.UploadAsync(new() { BucketName = space.Bucket, Key = NewKey(), InputStream = new MadeStream(length) });

    /// <summary>Makes the object that is read.</summary>
    public async Task PrepareAsync()
    {
        await space.Store.PutAsync("read", new MadeStream(length), new() { Length = length });
        _get = Presign("read", Amazon.S3.HttpVerb.GET);
    }

    public async Task GetBareAsync()
    {
        using var response = await _http.GetAsync(_get, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        await DrainAsync(body);
    }

    public async Task GetAsync()
    {
        await using var content = await space.Store.GetAsync("read") ?? throw new InvalidOperationException("It is gone.");
        await DrainAsync(content.Stream);
    }

    public Task GetMinioAsync() => space.Minio.GetObjectAsync(
        new GetObjectArgs().WithBucket(space.Bucket).WithObject("read").WithCallbackStream((body, _) => DrainAsync(body)));

    public async Task GetAmazonAsync()
    {
        using var response = await space.Amazon.GetObjectAsync(space.Bucket, "read");
        await DrainAsync(response.ResponseStream);
    }

    public void Dispose()
    {
        _transfers.Dispose();
        _http.Dispose();
    }

    private static Task DrainAsync(Stream body) => body.CopyToAsync(Stream.Null, CopyBytes);

    private static string NewKey() => $"written/{Guid.NewGuid():n}";

    private Uri Presign(string key, Amazon.S3.HttpVerb verb) => new(space.Amazon.GetPreSignedURL(new()
    {
        BucketName = space.Bucket, Key = key, Verb = verb, Expires = DateTime.UtcNow.AddHours(1), Protocol = Amazon.S3.Protocol.HTTP,
    }));
}
