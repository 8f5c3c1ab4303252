using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>A model that is called over HTTP, and says one word.</summary>
public sealed class HttpModel(Uri address) : IChatClient
{
    private readonly HttpClient _http = new();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await _http.PostAsync(new Uri(address, "/model"), null, cancellationToken);
        response.EnsureSuccessStatusCode();
        yield return new(ChatRole.Assistant, "canary-answer");
        yield return new(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 30, CachedInputTokenCount = 10, OutputTokenCount = 2 })]);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("test", address, "one-word") : null;

    public void Dispose() => _http.Dispose();
}
