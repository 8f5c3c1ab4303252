namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Speaks Anthropic's messages API.</summary>
public sealed class AnthropicServer : ModelServer
{
    public override string Section => "Chat:Anthropic";

    public override Dictionary<string, string> Settings => new()
    {
        ["Chat:Provider"] = "anthropic", ["Chat:Anthropic:BaseUrl"] = Address.ToString(), ["Chat:Anthropic:ApiKey"] = Key, ["Chat:Anthropic:Model"] = Model,
    };

    public override string Beginning => Event("message_start", new
    {
        type = "message_start",
        message = new
        {
            id = "msg_1", type = "message", role = "assistant", content = Array.Empty<string>(), model = Model, stop_reason = (string?)null, stop_sequence = (string?)null,
            usage = new { input_tokens = 25, cache_creation_input_tokens = 100, cache_read_input_tokens = 1000, output_tokens = 1 },
        },
    }) + Event("ping", new { type = "ping" });

    public override string Delta(string text) =>
        Event("content_block_start", new { type = "content_block_start", index = 0, content_block = new { type = "text", text = "" } })
        + Event("content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text } })
        + Event("content_block_stop", new { type = "content_block_stop", index = 0 });

    public override string ToolCall(string id, string name, params string[] fragments) =>
        Event("content_block_start", new { type = "content_block_start", index = 1, content_block = new { type = "tool_use", id, name, input = new { } } })
        + string.Concat(fragments.Select(partial_json => Event("content_block_delta", new { type = "content_block_delta", index = 1, delta = new { type = "input_json_delta", partial_json } })))
        + Event("content_block_stop", new { type = "content_block_stop", index = 1 });

    public override string Ending(string? reason = null) =>
        Event("message_delta", new { type = "message_delta", delta = new { stop_reason = reason ?? "end_turn", stop_sequence = (string?)null }, usage = new { output_tokens = 15 } })
        + Event("message_stop", new { type = "message_stop" });

    public override string Failure(string type) => Event("error", new { type = "error", error = new { type, message = "You said: a secret question" } });

    private static string Event(string type, object data) => $"event: {type}\ndata: {Json(data)}\n\n";
}
