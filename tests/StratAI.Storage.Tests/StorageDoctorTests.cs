using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class StorageDoctorTests
{
    private static readonly string[] OfStores =
    [
        "write, read, look up, delete", "listing in key order, from any key", "byte range", "conditional GET (304, 412)", "conditional PUT (If-None-Match: *)",
        "copy", "delete many", "type and metadata", "keys of unicode, and of 1,024 bytes", "latency",
    ];

    private static readonly string[] OfServers =
    [
        "clock", "Content-MD5 verified", "x-amz-checksum-sha256 verified", "conditional copy", "presigned GET", "presigned PUT of a signed length",
        "POST policy with a length range", "CORS",
    ];

    [Fact]
    public async Task Files_do_all_that_a_store_does()
    {
        await using var storage = TestStorage.OnFiles();

        var examination = await ExamineAsync(storage);

        Assert.True(examination.IsSound);
        Assert.Equal("embedded", examination.Mode);
        Assert.Equal(OfStores, examination.Probes.Select(probe => probe.Name));
        Assert.All(examination.Probes, probe => Assert.True(probe.Status == ProbeStatus.Supported, $"{probe.Name}: {probe.Detail}"));
        Assert.Empty(await storage.Store.ListAsync("").ToListAsync());
    }

    [Fact]
    public async Task Of_a_real_server_it_tells_what_it_does_and_what_it_ignores()
    {
        await using var storage = TestStorage.OnS3();

        var examination = await ExamineAsync(storage);

        Assert.True(examination.IsSound, string.Join('\n', examination.Probes));
        Assert.Equal([.. OfStores, .. OfServers], examination.Probes.Select(probe => probe.Name));
        Assert.Equal(
            ["x-amz-checksum-sha256 verified", "conditional copy", "CORS"],
            examination.Probes.Where(probe => probe.Status == ProbeStatus.NotSupported).Select(probe => probe.Name));
        Assert.Empty(await storage.Store.ListAsync("stratai-doctor/").ToListAsync());
    }

    [Fact]
    public async Task Of_a_server_that_lacks_things_every_one_is_told()
    {
        await using var lacking = await LackingServer.StartAsync();
        await using var storage = TestStorage.OnS3(lacking.Configure);

        var examination = await ExamineAsync(storage);

        Assert.False(examination.IsSound);
        Assert.Equal(
            ["write, read, look up, delete", "latency", "clock"],
            examination.Probes.Where(probe => probe.Status == ProbeStatus.Supported).Select(probe => probe.Name));
        Assert.Equal(
            [.. OfStores.Concat(OfServers).Except(["write, read, look up, delete", "latency", "clock", "delete many"])],
            examination.Probes.Where(probe => probe.Status == ProbeStatus.NotSupported).Select(probe => probe.Name));
        // 501 is all that the store can tell of it.
        Assert.Equal("delete many", Assert.Single(examination.Probes, probe => probe.Status == ProbeStatus.Failed).Name);
        Assert.Equal("Of 4 writers at once, 4 won; it should be one.", Detail(examination, "conditional PUT (If-None-Match: *)"));
        Assert.Empty(lacking.Keys);
    }

    [Fact]
    public async Task A_clock_that_is_off_and_a_wrong_secret_are_found()
    {
        await using var late = TestStorage.OnS3(time: new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(-8)));
        var clock = (await ExamineAsync(late)).Probes.Single(probe => probe.Name == "clock");
        Assert.Equal(ProbeStatus.NotSupported, clock.Status);
        Assert.Matches("^The server's clock is 4[78][0-9] s ahead\\.$", clock.Detail);

        await using var wrong = TestStorage.OnS3(s3 => (s3.SecretKey, s3.CreateBucket) = ("not-the-secret", false));
        var examination = await ExamineAsync(wrong);
        Assert.All(examination.Probes, probe => Assert.Equal(ProbeStatus.Failed, probe.Status));
        Assert.Equal("The S3 server answered 403 SignatureDoesNotMatch.", examination.Probes[0].Detail);
        Assert.All(examination.Probes.Skip(1).Take(17), probe => Assert.Equal("Not tried, as the store can not be used at all.", probe.Detail));
        Assert.DoesNotContain(examination.Probes, probe => probe.Detail.Contains("not-the-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_away_fails_once_and_is_not_asked_again()
    {
        await using var storage = TestStorage.OnS3(s3 => (s3.Endpoint, s3.Timeout, s3.CreateBucket) = ("http://127.0.0.1:1", TimeSpan.FromSeconds(1), false));

        var examination = await ExamineAsync(storage);

        Assert.False(examination.IsSound);
        Assert.Equal("The S3 server could not be reached.", examination.Probes[0].Detail);
        Assert.All(examination.Probes, probe => Assert.Equal(ProbeStatus.Failed, probe.Status));
    }

    [Fact]
    public async Task Of_a_store_with_a_mirror_the_store_is_examined()
    {
        await using var storage = TestStorage.OnFilesWith((builder, _) =>
        {
            builder.Services.AddKeyedSingleton<IObjectStore>("mirror", new ScriptedStore());
            builder.MirrorTo("mirror");
        });

        Assert.True((await ExamineAsync(storage)).IsSound);
    }

    private static Task<StorageExamination> ExamineAsync(TestStorage storage) => storage.Services.GetRequiredService<StorageDoctor>().ExamineAsync();

    private static string Detail(StorageExamination examination, string name) => examination.Probes.Single(probe => probe.Name == name).Detail;
}
