using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StratAI.Storage.S3;
using StratAI.Storage.Tests.Testing;
using StratAI.Testing;

namespace StratAI.Storage.Tests.Faults;

/// <summary>The S3 server, as it is and through a proxy that spoils what passes.</summary>
internal sealed class FaultyS3 : IAsyncDisposable
{
    private readonly TestStorage _direct = TestStorage.OnS3();

    public FaultyS3(int retries, TimeProvider? time = null, ILoggerProvider? log = null, Action<S3Options>? configure = null)
    {
        Storage = TestStorage.OnS3(
            s3 =>
            {
                Proxy.Configure(s3);
                // Its probing request is not one that a test means to spoil.
                s3.CreateBucket = false;
                s3.Retries = retries;
                configure?.Invoke(s3);
            },
            time,
            log);
    }

    public FaultProxy Proxy { get; } = new(TestServers.S3Endpoint);

    public TestStorage Storage { get; }

    /// <summary>Through the proxy.</summary>
    public IObjectStore Store => Storage.Store;

    public IObjectStore Direct => _direct.Store;

    public string Prefix { get; } = Guid.NewGuid().ToString("N") + "/";

    public Task PrepareAsync() => Direct.PutAsync(Prefix + FaultTable.Existing, new MemoryStream(FaultTable.Content));

    public Task RunAsync(string operation, CancellationToken token = default) =>
        FaultTable.Operations[operation](Store, Prefix, token).WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);

    /// <summary>What the counter of repeated requests records from now on.</summary>
    public Measurements<long> Retries() => new(Storage.Services.GetRequiredService<IMeterFactory>(), StorageDiagnostics.Retries);

    /// <summary>The server has what was there before and perhaps what was written, whole, and no upload in parts.</summary>
    public async Task AssertWholeAsync()
    {
        var keys = (await Direct.ListAsync(Prefix).ToListAsync()).Select(item => item.Key[Prefix.Length..]).ToList();
        Assert.Contains(FaultTable.Existing, keys);
        Assert.Empty(keys.Except([FaultTable.Existing, FaultTable.Written, FaultTable.Empty]));
        foreach (var key in keys.Except([FaultTable.Empty]))
        {
            Assert.Equal(FaultTable.Content, await Direct.ReadAsync(Prefix + key));
        }

        var connection = _direct.Services.GetRequiredService<S3Connection>();
        var uploads = connection.Signer.Sign(HttpMethod.Get, null, DateTimeOffset.UtcNow, 60, [new("uploads", ""), new("prefix", Prefix)], []);
        using var http = new HttpClient();
        var listed = await http.GetStringAsync(uploads);
        Assert.Contains("ListMultipartUploadsResult", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("<Upload>", listed, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(Storage.TemporaryFolder) ? Directory.GetFileSystemEntries(Storage.TemporaryFolder) : []);
    }

    public async ValueTask DisposeAsync()
    {
        await Storage.DisposeAsync();
        await Proxy.DisposeAsync();
        await _direct.DisposeAsync();
    }
}
