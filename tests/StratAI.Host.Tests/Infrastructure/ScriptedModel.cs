using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A model that answers a question with what a test makes it say, when the test says so.</summary>
public sealed class ScriptedModel : IChatClient
{
    private readonly ConcurrentDictionary<string, Channel<ChatResponseUpdate>> _answers = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _cancelled = new();
    private int _calls;

    /// <summary>How often it was asked.</summary>
    public int Calls => _calls;

    /// <summary>Puts it in the place of the configured model.</summary>
    public void Use(IWebHostBuilder host) => host.ConfigureTestServices(services => services.AddSingleton<IChatClient>(this));

    public void Say(string question, string text) => Answer(question).Writer.TryWrite(new(ChatRole.Assistant, text));

    public void End(string question, UsageDetails usage)
    {
        Answer(question).Writer.TryWrite(new(ChatRole.Assistant, [new UsageContent(usage)]) { FinishReason = ChatFinishReason.Stop });
        Answer(question).Writer.Complete();
    }

    public void Fail(string question) => Answer(question).Writer.Complete(new HttpRequestException("The model is away."));

    /// <summary>Ends when the call that asks the question is cancelled.</summary>
    public Task CancelledAsync(string question) => Cancelled(question).Task;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        var question = messages.Last().Text;
        try
        {
            await foreach (var update in Answer(question).Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Cancelled(question).TrySetResult();
            }
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private TaskCompletionSource Cancelled(string question) => _cancelled.GetOrAdd(question, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private Channel<ChatResponseUpdate> Answer(string question) => _answers.GetOrAdd(question, _ => Channel.CreateUnbounded<ChatResponseUpdate>());
}
