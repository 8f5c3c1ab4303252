using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A model that says what a test makes it say, when the test says so.</summary>
public sealed class ScriptedModel : IChatClient
{
    private readonly Channel<ChatResponseUpdate> _updates = Channel.CreateUnbounded<ChatResponseUpdate>();

    /// <summary>Puts it in the place of the configured model.</summary>
    public void Use(IWebHostBuilder host) => host.ConfigureTestServices(services => services.AddSingleton<IChatClient>(this));

    public void Say(string text) => _updates.Writer.TryWrite(new(ChatRole.Assistant, text));

    public void Say(UsageDetails usage) => _updates.Writer.TryWrite(new(ChatRole.Assistant, [new UsageContent(usage)]));

    public void End(Exception? error = null) => _updates.Writer.TryComplete(error);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in _updates.Reader.ReadAllAsync(cancellationToken))
        {
            yield return update;
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
