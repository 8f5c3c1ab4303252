using System.Text;
using System.Text.Json;
using StratAI.Host.Errors;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>What a tool tells the model: JSON, the same that is stored.</summary>
internal sealed record ToolResult(string Json, bool IsFailed = false, bool IsCached = false)
{
    /// <summary>A list ends before it would be longer: some 4,000 tokens.</summary>
    private const int MaximumListCharacters = 16_000;

    private const int MaximumTextCharacters = 500;

    public static ToolResult Of<T>(T value) => new(JsonSerializer.Serialize(value, ApiJson.Options));

    /// <summary>As many of the items as there is room for, and whether there are more.</summary>
    public static ToolResult List<T>(IEnumerable<T> items, int limit)
    {
        var (list, count, hasMore) = (new StringBuilder("""{"data":["""), 0, false);
        foreach (var item in items)
        {
            var text = JsonSerializer.Serialize(item, ApiJson.Options);
            if (hasMore = count == limit || list.Length + text.Length > MaximumListCharacters)
            {
                break;
            }

            list.Append(count++ > 0 ? "," : "").Append(text);
        }

        return new(list.Append("""],"hasMore":""").Append(hasMore ? "true" : "false").Append('}').ToString());
    }

    public static ToolResult Failure(Problem problem) => Of(new { error = problem.Code, problem.Detail, problem.Errors }) with { IsFailed = true };

    public static ToolResult Failure(string code, string detail) => Failure(new Problem(400, code, detail));

    /// <summary>The beginning of a text that may be long.</summary>
    public static string Shorten(string text) =>
        text.Length <= MaximumTextCharacters ? text : text[..(char.IsHighSurrogate(text[MaximumTextCharacters - 1]) ? MaximumTextCharacters - 1 : MaximumTextCharacters)] + "…";
}
