using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Pages;

/// <summary>The content of pages: ProseMirror documents, whose schema is the editor's. Here it has to be one and storable.</summary>
internal static class PageContent
{
    /// <summary>As the API writes it. It leaves room in a request of 1 MiB for what is around it.</summary>
    public const int MaximumBytes = 1_000_000;

    public static JsonElement Empty { get; } = JsonElement.Parse("""{"type":"doc","content":[]}""");

    /// <summary>The text to store: whatever way a document is written in a request, equal ones are the same text.</summary>
    public static string Write(JsonElement content) => JsonSerializer.Serialize(content, ApiJson.Options);

    /// <summary>What is wrong with the content, or null.</summary>
    public static string? Check(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Object
            || !content.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("doc"))
        {
            return "The content is no ProseMirror document: an object whose type is 'doc'.";
        }

        if (!Utf8.IsValid(JsonMarshal.GetRawUtf8Value(content)))
        {
            return ApiJson.NotUtf8;
        }

        try
        {
            var text = Encoding.UTF8.GetBytes(Write(content));
            return text.Length > MaximumBytes ? $"The content is larger than {MaximumBytes} bytes."
                : ClientJson.HasNull(text) ? ApiJson.NoNull
                : null;
        }
        catch (JsonException)
        {
            return ApiJson.NoLoneSurrogate;
        }
    }

    /// <summary>The words of the content. Pieces of text side by side are one, whatever their marks; all other nodes end a word.</summary>
    public static string TextOf(JsonElement content)
    {
        var text = new StringBuilder();
        Append(content);
        return text.ToString();

        // A body's depth is bounded by the JSON reader.
        void Append(JsonElement node)
        {
            if (node.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            if (node.TryGetProperty("text", out var words) && words.ValueKind == JsonValueKind.String)
            {
                text.Append(words.GetString());
                return;
            }

            if (node.TryGetProperty("content", out var children) && children.ValueKind == JsonValueKind.Array)
            {
                foreach (var child in children.EnumerateArray())
                {
                    Append(child);
                }
            }

            text.Append('\n');
        }
    }
}
