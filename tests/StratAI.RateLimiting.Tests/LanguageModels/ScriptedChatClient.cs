using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>A model that says what the test tells it, when the test tells it.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    private readonly Channel<object> _script = Channel.CreateUnbounded<object>();

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<ChatOptions?> Calls { get; } = [];

    /// <summary>Ends when a stream was begun.</summary>
    public Task Begun => _begun.Task;

    /// <summary>How many streams were begun and not ended.</summary>
    public int Running { get; private set; }

    /// <summary>Thrown by the call itself rather than by its task or stream.</summary>
    public Exception? ThrownAtOnce { get; init; }

    public Func<ChatResponse>? Response { get; set; }

    /// <summary>Text of so many tokens by the default estimate.</summary>
    public static string Text(int tokens) => new('x', tokens * 4);

    public static ChatResponseUpdate Usage(long? input, long? output, long? total = null) => new()
    {
        Contents = [new UsageContent(new() { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = total })],
    };

    public ScriptedChatClient Say(int tokens) =>
        Say(new ChatResponseUpdate(ChatRole.Assistant, Text(tokens)) { ResponseId = "response", MessageId = "message" });

    public ScriptedChatClient Say(ChatResponseUpdate update) => Write(update);

    public ScriptedChatClient Fail(Exception exception) => Write(exception);

    public ScriptedChatClient End()
    {
        _script.Writer.Complete();
        return this;
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Called(options);
        return Task.Run(() => Response!(), CancellationToken.None);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Called(options);
        return StreamAsync(cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private void Called(ChatOptions? options)
    {
        Calls.Add(options);
        if (ThrownAtOnce is not null)
        {
            throw ThrownAtOnce;
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Running++;
        _begun.TrySetResult();
        try
        {
            await foreach (var item in _script.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item as ChatResponseUpdate ?? throw (Exception)item;
            }
        }
        finally
        {
            Running--;
        }
    }

    private ScriptedChatClient Write(object item)
    {
        Assert.True(_script.Writer.TryWrite(item));
        return this;
    }
}
