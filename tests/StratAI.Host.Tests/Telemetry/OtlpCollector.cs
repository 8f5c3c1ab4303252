using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>A span as it was sent; its scope is the activity source.</summary>
public sealed record ReceivedSpan(string Scope, string Name, string TraceId, string SpanId, string ParentId, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> Resource);

/// <summary>An OpenTelemetry collector over real HTTP (OTLP with Protocol Buffers), which keeps what it gets; and a language model beside it.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();
    private readonly ConcurrentQueue<string> _modelCalls = new();

    private OtlpCollector(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The trace headers of the calls to the model.</summary>
    public IReadOnlyList<string> ModelCalls => [.. _modelCalls];

    public IReadOnlyList<ReceivedSpan> Spans =>
    [
        .. from body in Bodies("traces")
           from resourceSpans in new ProtoReader(body).Messages(1)
           let resource = Attributes(resourceSpans.Messages(1).Single(), 1)
           from scopeSpans in resourceSpans.Messages(2)
           let scope = scopeSpans.Messages(1).First().Text(1)
           from span in scopeSpans.Messages(2)
           select new ReceivedSpan(scope, span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), Attributes(span, 9), resource),
    ];

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new OtlpCollector(builder.Build());
        collector._app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            collector._received.Enqueue((signal, body.ToArray()));
        });
        collector._app.MapPost("/model", (HttpRequest request) => collector._modelCalls.Enqueue(request.Headers.TraceParent.ToString()));
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>What was received of a signal, as text with everything else that is in it.</summary>
    public string TextOf(string signal) => string.Concat(Bodies(signal).Select(Encoding.UTF8.GetString));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<byte[]> Bodies(string signal) => _received.Where(item => item.Signal == signal).Select(item => item.Body);

    private static Dictionary<string, string> Attributes(ProtoReader message, int field) =>
        new(message.Messages(field).Select(attribute => attribute.Attribute()));
}
