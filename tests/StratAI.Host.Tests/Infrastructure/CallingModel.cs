using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>
/// A model that calls the tools its question names: each line is a round of calls, <c>name {arguments}</c>, several of them with <c>&amp;&amp;</c> between,
/// and <c>id:name</c> where the call's id matters. Behind the last round, or when it is given no tools, it answers. A round uses 100 tokens and 10 unless a test says otherwise.
/// </summary>
public sealed class CallingModel : IChatClient
{
    public const string Answer = "That is all.";

    private readonly ConcurrentQueue<IReadOnlyList<ChatMessage>> _prompts = new();
    private int _calls;

    /// <summary>What it was sent, in the order of its calls.</summary>
    public IReadOnlyList<IReadOnlyList<ChatMessage>> Prompts => [.. _prompts];

    /// <summary>Whether the rounds are repeated for ever, until there are no tools.</summary>
    public bool IsInsatiable { get; set; }

    /// <summary>What it says of each call.</summary>
    public int InputTokens { get; set; } = 100;

    public void Use(IWebHostBuilder host) => host.ConfigureTestServices(services => services.AddSingleton<IChatClient>(this));

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        var prompt = messages.ToList();
        _prompts.Enqueue(prompt);
        var asked = prompt.FindLastIndex(message => message.Role == ChatRole.User);
        var rounds = prompt[asked].Text.Split('\n');
        var round = prompt.Skip(asked).Count(message => message.Contents.Any(content => content is FunctionCallContent));
        if (options?.Tools is { Count: > 0 } && (round < rounds.Length || IsInsatiable))
        {
            yield return new(ChatRole.Assistant, "Let me see.") { MessageId = $"{asked}-{round}" };
            yield return new(ChatRole.Assistant, [.. rounds[round % rounds.Length].Split("&&", StringSplitOptions.TrimEntries).Select(Call)]) { MessageId = $"{asked}-{round}" };
        }
        else
        {
            yield return new(ChatRole.Assistant, Answer) { MessageId = $"{asked}-{round}" };
        }

        yield return new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = InputTokens, OutputTokenCount = 10 })])
        {
            MessageId = $"{asked}-{round}", FinishReason = ChatFinishReason.Stop,
        };
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private FunctionCallContent Call(string text)
    {
        var (head, arguments) = text.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end ? (text[..end], text[end..].Trim()) : (text, "{}");
        var parts = head.Split(':');
        var (id, name) = (parts.Length > 1 ? parts[0] : $"call-{Interlocked.Increment(ref _calls)}", parts[^1]);
        return arguments.StartsWith('{')
            ? new(id, name, JsonNode.Parse(arguments)!.AsObject().ToDictionary(item => item.Key, object? (item) => item.Value?.DeepClone()))
            : new(id, name) { Exception = new FormatException("It is no JSON.") };
    }
}
