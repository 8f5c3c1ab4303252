using System.Text;
using System.Text.Json;
using StratAI.Host.Database;
using StratAI.Host.Features.Chat.Log;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat;

/// <summary>Gives logs their end that lack it, as the instance that wrote them has died: what the log tells and what the conversation has then agree.</summary>
internal sealed class ChatEndings(AppDatabase database, IChatLog log)
{
    private const int MaximumAttempts = 5;

    public Task<KeptAnswer?> FindAsync(Guid answerId, CancellationToken cancellation) =>
        database.FindAsync<KeptAnswer>(KeptAnswer.Query, new { answerId }, cancellation);

    /// <summary>
    /// Ends the log with what <paramref name="decide"/> makes of its text, unless it has an end. Returns its text then; null when there is no log, or others
    /// keep writing to it.
    /// </summary>
    public async Task<string?> EndAsync(Guid answerId, Func<string, KeptAnswer> decide)
    {
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var (text, last) = await ReadAsync(answerId);
            if (last is null || last.IsLast)
            {
                return last is null ? null : text;
            }

            var answer = decide(text);
            // What was saved may be longer than what the log had room or time for.
            var rest = answer.Content.StartsWith(text, StringComparison.Ordinal) ? answer.Content[text.Length..] : "";
            var events = KeptAnswer.Number(last.Id, [.. rest.Length > 0 ? [ChatEventData.Of(new ChatEventData.Delta(rest))] : Array.Empty<(string, string)>(), .. answer.End]);
            if (await log.AppendAsync(answerId, last.Id, events) is null)
            {
                return text + rest;
            }
        }

        return null;
    }

    private async Task<(string Text, ChatEvent? Last)> ReadAsync(Guid answerId)
    {
        var text = new StringBuilder();
        ChatEvent? last = null;
        while (await log.ReadAsync(answerId, last?.Id ?? 0) is { Count: > 0 } page)
        {
            foreach (var item in page)
            {
                if (item.Type == "delta")
                {
                    text.Append(JsonSerializer.Deserialize<ChatEventData.Delta>(item.Data, ApiJson.Options)!.Text);
                }

                last = item;
            }
        }

        return (text.ToString(), last);
    }
}
