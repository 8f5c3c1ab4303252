using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using StratAI.Host.Edge;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>
/// Makes answers comparable between runs: what differs by nature (ids, times, tags, cursors, ports) is replaced by a name with a number, the same
/// value by the same name, so that a snapshot still shows what equals what.
/// </summary>
public sealed partial class Scrubber
{
    // What is the same for all answers, or says nothing about them.
    private static readonly string[] Left = ["Date", "X-Instance-Id", "Transfer-Encoding", "Content-Length", "Connection", "RateLimit", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"];

    // Shown where it is not that of every answer, which is a document's content.
    private static readonly string[] Policy = ["Content-Security-Policy", "X-Content-Type-Options"];

    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>The answer as a snapshot: status, headers, body.</summary>
    public object Show(Answer answer) => new
    {
        status = answer.Status,
        headers = answer.Headers
            .Where(header => !Left.Contains(header.Key, StringComparer.OrdinalIgnoreCase) && header is not { Key: "Vary", Value: "Authorization" }
                && !(IsApiPolicy(answer) && Policy.Contains(header.Key)))
            .OrderBy(header => header.Key, StringComparer.Ordinal).ToDictionary(header => header.Key, header => Scrub(header.Key, header.Value)),
        body = answer.Body is { } json ? Scrub(json, "") : (object?)(answer.Bytes.Length > 0 ? Scrub("", answer.Text) : null),
    };

    private static bool IsApiPolicy(Answer answer) => answer.Headers.GetValueOrDefault("Content-Security-Policy") == ResponseHeaders.ApiPolicy;

    /// <summary>The same of a document that is no answer.</summary>
    public JsonNode? Show(JsonNode document) => Scrub(document, "");

    private JsonNode? Scrub(JsonNode? node, string name) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Scrub(member.Value, member.Key)))),
        JsonArray items => new JsonArray([.. items.Select(item => Scrub(item, name))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Scrub(name, value.GetValue<string>())),
        _ => node?.DeepClone(),
    };

    private string Scrub(string name, string text)
    {
        switch (name.ToLowerInvariant())
        {
            case "x-request-id": return "request-id";
            case "last-modified": return "last-modified";
            case "traceid": return "trace-id";
            case "accesstoken": return "token";
            case "nextcursor" or "prevcursor": return Name("cursor", text);
        }

        text = Cursor().Replace(text, match => "cursor=" + Name("cursor", match.Groups[1].Value));
        text = Time().Replace(text, match => Name("time", match.Value));
        text = Id().Replace(text, match => Name("id", match.Value));
        text = ETag().Replace(text, match => $"\"{Name("etag", match.Value)}\"");
        text = User().Replace(text, "$1-n");
        return Address().Replace(text, "http://host");
    }

    private string Name(string kind, string value)
    {
        if (!_names.TryGetValue(value, out var name))
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            _names[value] = name = $"{kind}_{_counts[kind]}";
        }

        return name;
    }

    [GeneratedRegex("cursor=([A-Za-z0-9_-]+)")]
    private static partial Regex Cursor();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")]
    private static partial Regex Time();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex("\"[0-9a-f]{32,64}\"")]
    private static partial Regex ETag();

    [GeneratedRegex(@"\b(user|ada|bob|eve|viewer|editor|owner|other)-\d+\b")]
    private static partial Regex User();

    [GeneratedRegex(@"http://(127\.0\.0\.1|localhost|\[::1\]):\d+")]
    private static partial Regex Address();
}
