using System.Collections.Concurrent;
using System.Globalization;
using System.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace StratAI.Storage.Tests.Testing;

/// <summary>
/// The least that could be called an S3 server: it stores, answers and deletes whole objects, and ignores everything else it is told, type
/// and signatures included.
/// </summary>
public sealed class LackingServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new();
    private TestWeb _web = null!;

    public ICollection<string> Keys => _objects.Keys;

    public static async Task<LackingServer> StartAsync()
    {
        var server = new LackingServer();
        server._web = await TestWeb.StartAsync(_ => { }, app => app.Run(server.AnswerAsync));
        return server;
    }

    public void Configure(S3Options s3)
    {
        s3.Endpoint = _web.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        s3.Bucket = "lacking";
        s3.CreateBucket = false;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var key = context.Request.Path.Value!["/lacking".Length..].TrimStart('/');
        var response = context.Response;
        switch (context.Request.Method)
        {
            case "PUT" when key.Length >= 1024:
                response.StatusCode = 400;
                await response.WriteAsync("<Error><Code>KeyTooLongError</Code></Error>");
                break;
            case "PUT":
                var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                _objects[key] = body.ToArray();
                response.Headers.ETag = "\"same\"";
                if (context.Request.Headers.ContainsKey("x-amz-copy-source"))
                {
                    await response.WriteAsync("<CopyObjectResult><ETag>\"same\"</ETag><LastModified>2026-11-26T00:00:00Z</LastModified></CopyObjectResult>");
                }

                break;
            case "GET" when key == "":
                var items = _objects.Keys.OrderDescending(StringComparer.Ordinal).Select(name => string.Create(
                    CultureInfo.InvariantCulture,
                    $"<Contents><Key>{SecurityElement.Escape(name)}</Key><Size>1</Size><ETag>\"same\"</ETag><LastModified>2026-11-26T00:00:00Z</LastModified></Contents>"));
                await response.WriteAsync($"<ListBucketResult><IsTruncated>false</IsTruncated>{string.Concat(items)}</ListBucketResult>");
                break;
            case "GET" or "HEAD" when _objects.TryGetValue(key, out var bytes):
                response.Headers.ETag = "\"same\"";
                response.ContentLength = bytes.Length;
                if (HttpMethods.IsGet(context.Request.Method))
                {
                    await response.Body.WriteAsync(bytes);
                }

                break;
            case "GET" or "HEAD":
                response.StatusCode = key == "" ? 200 : 404;
                break;
            case "DELETE":
                _objects.TryRemove(key, out _);
                response.StatusCode = 204;
                break;
            default:
                response.StatusCode = 501;
                break;
        }
    }
}
