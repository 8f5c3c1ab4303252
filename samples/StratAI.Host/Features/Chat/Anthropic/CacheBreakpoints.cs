using System.Text;
using System.Text.Json.Nodes;

namespace StratAI.Host.Features.Chat.Anthropic;

/// <summary>
/// Where the provider is told that a prefix of the prompt ends which the next request begins with too: behind the tools, behind the instructions and documents,
/// behind the question before the last, where the request before this one ended, and at the end, for the next one. That is the four that a request may have. The
/// order of the prompt is tools, system, messages, and a longer lifetime may not stand behind a shorter one: hence an hour for the first two at most.
/// </summary>
internal static class CacheBreakpoints
{
    private const string Marker = "cache_control";
    private const int BytesPerToken = 4;

    /// <param name="request">The body of a request, changed in place. Breakpoints that it has already are taken off.</param>
    /// <param name="stable">The lifetime of tools, instructions and documents.</param>
    /// <param name="minimum">The shortest prefix that is worth a breakpoint, in tokens, of which four bytes count as one.</param>
    public static void Place(JsonObject request, CacheLifetime stable, int minimum)
    {
        Clear(request);
        if (stable == CacheLifetime.Off)
        {
            return;
        }

        var length = 0L;
        Mark(request["tools"] as JsonArray, stable);
        Mark(request["system"] as JsonArray, stable);
        var messages = request["messages"] as JsonArray ?? [];
        var questions = messages.OfType<JsonObject>().Where(message => (string?)message["role"] == "user").TakeLast(2).ToList();
        foreach (var message in messages.OfType<JsonObject>())
        {
            if (questions.Contains(message))
            {
                Mark(message["content"] as JsonArray, CacheLifetime.FiveMinutes);
            }
            else
            {
                length += LengthOf(message["content"]);
            }
        }

        void Mark(JsonArray? blocks, CacheLifetime lifetime)
        {
            length += LengthOf(blocks);
            if (length >= (long)minimum * BytesPerToken && blocks?.OfType<JsonObject>().LastOrDefault(IsMarkable) is { } last)
            {
                last[Marker] = lifetime == CacheLifetime.OneHour ? new JsonObject { ["type"] = "ephemeral", ["ttl"] = "1h" } : new JsonObject { ["type"] = "ephemeral" };
            }
        }
    }

    // Refused by the provider: a breakpoint on thinking, and on an empty text.
    private static bool IsMarkable(JsonObject block) => (string?)block["type"] switch
    {
        "thinking" or "redacted_thinking" => false,
        "text" => (string?)block["text"] is { Length: > 0 },
        _ => true,
    };

    private static long LengthOf(JsonNode? node) => node switch
    {
        JsonArray array => array.Sum(LengthOf),
        JsonObject block => block.Sum(property => LengthOf(property.Value)),
        JsonValue value when value.TryGetValue(out string? text) => Encoding.UTF8.GetByteCount(text),
        _ => 1,
    };

    private static void Clear(JsonObject request)
    {
        request.Remove(Marker);
        foreach (var block in Blocks(request["tools"]).Concat(Blocks(request["system"])))
        {
            block.Remove(Marker);
        }

        foreach (var block in Blocks(request["messages"]).SelectMany(message => Blocks(message["content"])))
        {
            block.Remove(Marker);
            foreach (var nested in Blocks(block["content"]))
            {
                nested.Remove(Marker);
            }
        }
    }

    private static IEnumerable<JsonObject> Blocks(JsonNode? node) => (node as JsonArray ?? []).OfType<JsonObject>();
}
