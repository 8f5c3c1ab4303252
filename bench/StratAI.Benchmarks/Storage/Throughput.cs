namespace StratAI.Benchmarks.Storage;

/// <summary>Uploads and downloads against a bare <see cref="HttpClient"/> on presigned URLs of the same server, beside other clients.</summary>
internal static class Throughput
{
    public static async Task RunAsync()
    {
        await using var space = await S3Space.CreateAsync();
        Rates.WriteHead();
        foreach (var (length, rounds) in new[] { (100_000L, 60), (1_000_000L, 30), (10_000_000L, 12) })
        {
            using var transfers = new Transfers(space, length);
            await transfers.PrepareAsync();
            foreach (var atOnce in new[] { 1, 8 })
            {
                // The test server keeps what was deleted in memory for half a minute.
                var times = atOnce == 1 ? rounds : rounds / 3;
                await new Rates("upload", length, atOnce, times, () => space.EmptyAsync("written/")).CompareAsync(
                    ("bare PUT", transfers.PutBareAsync),
                    ("`PutAsync`, known length", transfers.PutKnownAsync),
                    ("`PutAsync`, unknown length: temporary file, then PUT", transfers.PutUnknownAsync),
                    ("unknown length: multipart, pooled parts of 5 MiB", transfers.PutPartsAsync),
                    ("`UploadGate`, `SaveAsync`", transfers.PutThroughGateAsync),
                    ("Minio `PutObjectAsync`", transfers.PutMinioAsync),
                    ("AWS `TransferUtility`", transfers.PutAmazonAsync));
                await new Rates("download", length, atOnce, times, () => Task.CompletedTask).CompareAsync(
                    ("bare GET", transfers.GetBareAsync),
                    ("`GetAsync`", transfers.GetAsync),
                    ("Minio `GetObjectAsync`", transfers.GetMinioAsync),
                    ("AWS `GetObjectAsync`", transfers.GetAmazonAsync));
            }
        }
    }
}
