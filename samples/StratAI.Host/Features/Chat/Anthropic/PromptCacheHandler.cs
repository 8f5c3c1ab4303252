using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StratAI.Host.Features.Chat.Anthropic;

/// <summary>Puts the breakpoints into a request as the last thing before it is sent, so that they are all there are, whoever else put some.</summary>
internal sealed class PromptCacheHandler(AnthropicSettings settings) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is { Method.Method: "POST", Content: { } content })
        {
            await using var body = await content.ReadAsStreamAsync(cancellationToken);
            if (await JsonNode.ParseAsync(body, cancellationToken: cancellationToken) is JsonObject message)
            {
                CacheBreakpoints.Place(message, settings.PromptCache, settings.PromptCacheMinimum);
                content.Dispose();
                using var written = new MemoryStream();
                await using (var writer = new Utf8JsonWriter(written))
                {
                    message.WriteTo(writer);
                }

                request.Content = new ByteArrayContent(written.GetBuffer(), 0, (int)written.Length) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            }
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
