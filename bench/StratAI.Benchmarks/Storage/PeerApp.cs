using Amazon.S3.Transfer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Minio.DataModel.Args;

namespace StratAI.Benchmarks.Storage;

/// <summary>A web application that passes the body of a request on to another client's upload, and does nothing else.</summary>
internal static class PeerApp
{
    public const string Minio = "minio";
    public const string TransferUtility = "transfer-utility";

    public static async Task RunAsync(string address, string bucket)
    {
        await using var space = S3Space.Open(bucket);
        using var transfers = new TransferUtility(space.Amazon);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.WebHost.ConfigureKestrel(options => options.Limits.MinRequestBodyDataRate = null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        await using var app = builder.Build();
        app.MapGet("/health/live", () => Results.Ok());
        app.MapPut($"/{Minio}/{{key}}", (string key, HttpRequest request) => space.Minio.PutObjectAsync(
            new PutObjectArgs().WithBucket(bucket).WithObject(key).WithStreamData(request.Body).WithObjectSize(request.ContentLength!.Value)
                .WithContentType(request.ContentType)));
        app.MapPut($"/{TransferUtility}/{{key}}", (string key, HttpRequest request) => transfers.UploadAsync(new()
        {
            BucketName = bucket, Key = key, InputStream = request.Body, AutoCloseStream = false, ContentType = request.ContentType,
        }));
        await app.RunAsync();
    }
}
