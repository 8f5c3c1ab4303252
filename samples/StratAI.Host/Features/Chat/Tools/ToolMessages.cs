using System.Text.Json.Nodes;
using StratAI.Host.Database;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>Keeps the calls of tools as messages of their conversation, between question and answer.</summary>
internal sealed class ToolMessages(AppDatabase database, TimeProvider time)
{
    /// <summary>
    /// How much younger than its question an answer is, in microseconds: messages are in the order of their creation, and the calls come between the two.
    /// </summary>
    public const int Room = 100;

    /// <summary>Adds the answer's n-th call, unless its generation was given up or its conversation deleted.</summary>
    public Task<bool> AddAsync(ChatTurn turn, int n, string name, JsonObject? arguments, ToolResult result) => database.WriteAsync(
        async work =>
        {
            var asked = await work.FindAsync<DateTimeOffset?>(
                """
                SELECT q.created_at FROM messages q
                WHERE q.id = @QuestionId AND EXISTS (SELECT 1 FROM messages a WHERE a.id = @AnswerId AND a.status = 'streaming')
                """,
                turn);
            if (asked is null)
            {
                return false;
            }

            await work.ExecuteAsync(
                """
                INSERT INTO messages (id, conversation_id, role, content, status, created_at, updated_at)
                VALUES (@id, @ConversationId, 'tool', @content, @status, @at, @now)
                """,
                new
                {
                    id = time.NewId(), turn.ConversationId, at = asked.Value.AddMicroseconds(n), now = time.Now(), status = result.IsFailed ? "failed" : "complete",
                    content = new JsonObject { ["name"] = name, ["arguments"] = arguments?.DeepClone(), ["result"] = JsonNode.Parse(result.Json) }.ToJsonString(ApiJson.Options),
                });
            await work.ExecuteAsync("UPDATE conversations SET message_count = message_count + 1 WHERE id = @ConversationId", turn);
            return true;
        },
        CancellationToken.None);
}
