using System.Text.Json;

namespace StratAI.Pagination.Internal;

/// <summary>What an error's body says, cut to what fits into a message.</summary>
internal sealed record ProblemSummary(string? Code, string? Detail)
{
    private const int MaximumBytes = 16 * 1024;
    private const int MaximumCode = 100;
    private const int MaximumDetail = 500;

    private static readonly ProblemSummary None = new(null, null);

    /// <summary>Reads a problem document (RFC 9457) of at most 16 KB. Never fails for what the server sent: the status is enough.</summary>
    public static async Task<ProblemSummary> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return None;
        }

        try
        {
            var body = new byte[MaximumBytes + 1];
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
                return length > MaximumBytes ? None : Parse(body.AsMemory(0, length));
            }
        }
        catch (Exception exception) when (exception is JsonException or IOException or HttpRequestException)
        {
            return None;
        }
    }

    private static ProblemSummary Parse(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var problem = document.RootElement;
        return problem.ValueKind == JsonValueKind.Object
            ? new(Text(problem, "code", MaximumCode), Text(problem, "detail", MaximumDetail) ?? Text(problem, "title", MaximumDetail))
            : None;
    }

    private static string? Text(JsonElement problem, string name, int maximum)
    {
        if (!problem.TryGetProperty(name, out var value)
            || value.ValueKind != JsonValueKind.String
            || value.GetString() is not { Length: > 0 } text)
        {
            return null;
        }

        var cut = text.Length > maximum ? $"{text[..maximum]}…" : text;
        // It ends up in logs, where a line break would look like another entry.
        return string.Create(cut.Length, cut, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
    }
}
