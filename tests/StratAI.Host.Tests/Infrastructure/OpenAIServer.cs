namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Speaks OpenAI's chat completions, with the usage at the end as <c>stream_options.include_usage</c> asks for it, or without any.</summary>
public sealed class OpenAIServer : ModelServer
{
    public bool TellsUsage { get; set; } = true;

    public override string Section => "Chat:OpenAI";

    public override Dictionary<string, string> Settings => new()
    {
        ["Chat:Provider"] = "openai", ["Chat:OpenAI:BaseUrl"] = new Uri(Address, "/some/v1").ToString(), ["Chat:OpenAI:ApiKey"] = Key, ["Chat:OpenAI:Model"] = Model,
    };

    public override string Beginning => Chunk(new { role = "assistant", content = "" });

    public override string Delta(string text) => Chunk(new { content = text });

    public override string ToolCall(string id, string name, params string[] fragments) =>
        Chunk(new { tool_calls = new[] { new { index = 0, id, type = "function", function = new { name, arguments = "" } } } })
        + string.Concat(fragments.Select(arguments => Chunk(new { tool_calls = new[] { new { index = 0, function = new { arguments } } } })));

    public override string Ending(string? reason = null) =>
        Chunk(new { }, reason ?? "stop")
        + (TellsUsage ? Data(new
        {
            id = "c1", @object = "chat.completion.chunk", created = 1, model = Model, choices = Array.Empty<string>(),
            usage = new { prompt_tokens = 1125, completion_tokens = 15, total_tokens = 1140, prompt_tokens_details = new { cached_tokens = 1000 } },
        }) : "")
        + "data: [DONE]\n\n";

    public override string Failure(string type) => Data(new { error = new { type, message = "You said: a secret question", code = (string?)null } });

    private static string Chunk(object delta, string? reason = null) =>
        Data(new { id = "c1", @object = "chat.completion.chunk", created = 1, model = Model, choices = new[] { new { index = 0, delta, finish_reason = reason } } });

    private static string Data(object value) => $"data: {Json(value)}\n\n";
}
