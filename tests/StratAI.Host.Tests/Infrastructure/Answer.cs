using System.Text.Json.Nodes;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>What came back: all that a client can see.</summary>
public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public JsonNode? Body => Headers.GetValueOrDefault("Content-Type")?.Contains("json", StringComparison.Ordinal) == true && Bytes.Length > 0 ? JsonNode.Parse(Bytes) : null;

    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public Guid Id => Body!["id"]!.GetValue<Guid>();

    public string? Code => Body?["code"]?.GetValue<string>();

    public string ETag => Headers["ETag"];

    /// <summary>The headers as they were sent; the validated ones would be in HttpClient's words.</summary>
    public static IReadOnlyDictionary<string, string> HeadersOf(HttpResponseMessage response) => response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
        .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        HeadersOf(response),
        await response.Content.ReadAsByteArrayAsync());
}
