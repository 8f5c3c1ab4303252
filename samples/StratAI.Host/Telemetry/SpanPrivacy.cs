using System.Diagnostics;
using OpenTelemetry;

namespace StratAI.Host.Telemetry;

/// <summary>Takes off a span what names somebody or something of theirs: paths and queries hold ids of users, keys of objects and search terms.</summary>
internal sealed class SpanPrivacy : BaseProcessor<Activity>
{
    private static readonly string[] Removed =
    [
        "url.path", "url.query", "client.address", "network.peer.address", "network.peer.port", "user_agent.original",
        "http.request.method_original",
    ];

    public override void OnEnd(Activity data)
    {
        foreach (var tag in Removed)
        {
            data.SetTag(tag, null);
        }

        if (data.GetTagItem("url.full") is string url)
        {
            data.SetTag("url.full", Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : null);
        }
    }
}
