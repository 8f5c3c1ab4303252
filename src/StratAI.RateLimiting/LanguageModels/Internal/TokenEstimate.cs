using System.Text;
using Microsoft.Extensions.AI;

namespace StratAI.RateLimiting.LanguageModels.Internal;

/// <summary>
/// A sum of estimated tokens. Bytes of UTF-8 follow tokenizers better than characters do: four of them are about a token of English, and
/// three, a character of Chinese, nearly one.
/// </summary>
internal struct TokenEstimate
{
    private const int BytesPerToken = 4;
    private const int TokensPerMedium = 1000;
    private const int TokensPerMessage = 4;

    private long _bytes;
    private long _tokens;

    public readonly long Tokens => _tokens + ((_bytes + BytesPerToken - 1) / BytesPerToken);

    public static long OfInput(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var estimate = default(TokenEstimate);
        foreach (var message in messages)
        {
            estimate._tokens += TokensPerMessage;
            estimate.Add(message.Contents);
        }

        estimate.Add(options?.Instructions);
        foreach (var tool in options?.Tools ?? [])
        {
            estimate.Add(tool.Name);
            estimate.Add(tool.Description);
            estimate.Add((tool as AIFunctionDeclaration)?.JsonSchema.ToString());
        }

        return estimate.Tokens;
    }

    public void Add(IEnumerable<AIContent> contents)
    {
        foreach (var content in contents)
        {
            Add(content);
        }
    }

    private void Add(AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                Add(text.Text);
                break;
            case TextReasoningContent reasoning:
                Add(reasoning.Text);
                break;
            case FunctionCallContent call:
                Add(call.Name);
                foreach (var (name, value) in call.Arguments ?? Enumerable.Empty<KeyValuePair<string, object?>>())
                {
                    Add(name);
                    Add(value?.ToString());
                }

                break;
            case FunctionResultContent result:
                Add(result.Result?.ToString());
                break;
            case DataContent or UriContent or HostedFileContent:
                _tokens += TokensPerMedium;
                break;
            default:
                // Usage, errors and the like are no tokens of the model.
                break;
        }
    }

    private void Add(string? text) => _bytes += text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
