using System.Text.Json;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Hosting;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat;

/// <summary>What chat keeps in the database. No connection is held while an answer streams.</summary>
internal sealed class ChatStore(AppDatabase database, InstanceIdentity instance, IdempotencyStore idempotency, TimeProvider time)
{
    /// <summary>
    /// Stores the question and an empty answer, and the key of the request with them: unless the key has an answer already, or the conversation is another
    /// user's or busy.
    /// </summary>
    public Task<(ChatTurn? Turn, Guid? Known, Problem? Problem)> BeginAsync(
        ChatBody body, Place place, string userId, string model, IdempotencyKey? key, CancellationToken cancellation) =>
        database.WriteAsync<(ChatTurn?, Guid?, Problem?)>(
            async work =>
            {
                var now = time.Now();
                var answerId = time.NewId();
                if (key is not null)
                {
                    var (known, refused) = await idempotency.KeepAsync(work, userId, key, answerId);
                    if (known is not null || refused is not null)
                    {
                        work.Abandon();
                        return (null, known, refused);
                    }
                }

                ConversationResource? conversation;
                if (body.ConversationId is { } id)
                {
                    conversation = await work.FindAsync<ConversationResource>(
                        $"SELECT {ConversationResource.Columns} FROM conversations c WHERE c.id = @id AND c.user_id = @userId{work.Dialect.ForUpdate}", new { id, userId });
                    if (conversation is null)
                    {
                        work.Abandon();
                        return (null, null, Problem.NotFound());
                    }

                    if (conversation.ActiveMessageId is not null)
                    {
                        work.Abandon();
                        return (null, null, new Problem(409, "conversation-busy", "An answer is still being generated in this conversation. Wait for its end, or stop it."));
                    }
                }
                else
                {
                    conversation = new() { Id = time.NewId(), SpaceId = place.SpaceId, AreaId = place.AreaId, CreatedAt = now, UpdatedAt = now };
                    await ConversationEndpoints.InsertAsync(work, conversation, userId);
                }

                var turn = new ChatTurn(conversation.Id, conversation.Place, time.NewId(), answerId, body.Message, body.ConversationId is null);
                // The answer is a little younger than its question: that is their order, with the calls of tools between.
                await InsertMessageAsync(work, turn.QuestionId, turn, "user", body.Message, "complete", null, now);
                await InsertMessageAsync(work, turn.AnswerId, turn, "assistant", "", "streaming", model, now.AddMicroseconds(ToolMessages.Room));
                await work.ExecuteAsync(
                    "UPDATE conversations SET message_count = message_count + 2, last_message_at = @now, active_message_id = @AnswerId, updated_at = @now WHERE id = @ConversationId",
                    new { now, turn.AnswerId, turn.ConversationId });
                return (turn, null, null);
            },
            cancellation);

    /// <summary>Stores the end of a generation, frees its conversation, and gives it a title if it has none. False when the answer is not this instance's any more.</summary>
    public Task<bool> EndAsync(Guid conversationId, Guid answerId, string text, string status, TokenUsage usage, string? title) => database.WriteAsync(
        async work =>
        {
            var now = time.Now();
            var stored = await work.ExecuteAsync(
                $"""
                UPDATE messages SET content = @text, status = @status, usage = {work.Dialect.Json("@usage")}, updated_at = @now
                WHERE id = @answerId AND status = 'streaming' AND lease_owner = @owner
                """,
                new { answerId, text, status, usage = JsonSerializer.Serialize(usage, ApiJson.Options), now, owner = instance.Name });
            if (stored == 1)
            {
                await work.ExecuteAsync(
                    """
                    UPDATE conversations SET active_message_id = NULL, title = coalesce(title, @title), last_message_at = @now, updated_at = @now
                    WHERE id = @conversationId AND active_message_id = @answerId
                    """,
                    new { conversationId, answerId, title, now });
            }

            return stored == 1;
        },
        CancellationToken.None);

    /// <summary>The message's status, or null when it is not an answer in one of the user's conversations.</summary>
    public Task<string?> FindStatusAsync(Guid messageId, string userId, CancellationToken cancellation) => database.FindAsync<string>(
        "SELECT m.status FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = @messageId AND m.role = 'assistant' AND c.user_id = @userId",
        new { messageId, userId },
        cancellation);

    private Task<int> InsertMessageAsync(UnitOfWork work, Guid id, ChatTurn turn, string role, string content, string status, string? model, DateTimeOffset at) =>
        work.ExecuteAsync(
            $"""
            INSERT INTO messages (id, conversation_id, role, content, status, model, created_at, updated_at, lease_owner, lease_until)
            VALUES (@id, @ConversationId, @role, @content, @status, @model, @at, @at, @owner, {work.Dialect.Clock(ChatLeases.Seconds)})
            """,
            new { id, turn.ConversationId, role, content, status, model, at, owner = role == "assistant" ? instance.Name : null });
}

/// <summary>A question and the answer that is to be made for it.</summary>
internal sealed record ChatTurn(Guid ConversationId, Place Place, Guid QuestionId, Guid AnswerId, string Question, bool IsFirst);
