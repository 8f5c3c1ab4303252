using System.Text.Json;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat;

/// <summary>What chat keeps in the database. No connection is held while an answer streams.</summary>
internal sealed class ChatStore(AppDatabase database, TimeProvider time)
{
    /// <summary>Longer than any pause between two heartbeats of a running generation.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(20);

    /// <summary>Stores the question and an empty answer, unless the conversation is another user's or busy.</summary>
    public Task<(ChatTurn? Turn, Problem? Problem)> BeginAsync(ChatBody body, Place place, string userId, string model, CancellationToken cancellation) =>
        database.WriteAsync<(ChatTurn?, Problem?)>(
            async work =>
            {
                var now = time.Now();
                ConversationResource? conversation;
                if (body.ConversationId is { } id)
                {
                    conversation = await work.FindAsync<ConversationResource>(
                        $"SELECT {ConversationResource.Columns} FROM conversations c WHERE c.id = @id AND c.user_id = @userId{work.Dialect.ForUpdate}", new { id, userId });
                    if (conversation is null)
                    {
                        return (null, Problem.NotFound());
                    }

                    if (conversation.ActiveMessageId is not null)
                    {
                        return (null, new Problem(409, "conversation-busy", "An answer is still being generated in this conversation. Wait for its end, or stop it."));
                    }
                }
                else
                {
                    conversation = new() { Id = time.NewId(), SpaceId = place.SpaceId, AreaId = place.AreaId, CreatedAt = now, UpdatedAt = now };
                    await ConversationEndpoints.InsertAsync(work, conversation, userId);
                }

                var turn = new ChatTurn(conversation.Id, conversation.Place, time.NewId(), time.NewId(), conversation.Title is null, body.ConversationId is null);
                // The answer is a little younger than its question: that is their order, with the calls of tools between.
                await InsertMessageAsync(work, turn.QuestionId, turn, "user", body.Message, "complete", null, now);
                await InsertMessageAsync(work, turn.AnswerId, turn, "assistant", "", "streaming", model, now.AddMicroseconds(ToolMessages.Room));
                await work.ExecuteAsync(
                    "UPDATE conversations SET message_count = message_count + 2, last_message_at = @now, active_message_id = @AnswerId, updated_at = @now WHERE id = @ConversationId",
                    new { now, turn.AnswerId, turn.ConversationId });
                return (turn, null);
            },
            cancellation);

    /// <summary>Shows that the generation lives, and keeps what it has produced. False when it was given up by another instance.</summary>
    public async Task<bool> SaveProgressAsync(Guid answerId, string text) =>
        await database.ExecuteAsync(
            "UPDATE messages SET content = @text, updated_at = @now WHERE id = @answerId AND status = 'streaming'", new { answerId, text, now = time.Now() }, CancellationToken.None) == 1;

    /// <summary>Stores the end of a generation and frees its conversation. False when it had been given up.</summary>
    public Task<bool> EndAsync(ChatTurn turn, string text, string status, TokenUsage usage, string? title) => database.WriteAsync(
        async work =>
        {
            var now = time.Now();
            var stored = await work.ExecuteAsync(
                $"UPDATE messages SET content = @text, status = @status, usage = {work.Dialect.Json("@usage")}, updated_at = @now WHERE id = @AnswerId AND status = 'streaming'",
                new { turn.AnswerId, text, status, usage = JsonSerializer.Serialize(usage, ApiJson.Options), now });
            await work.ExecuteAsync(
                """
                UPDATE conversations SET active_message_id = NULL, title = coalesce(title, @title), last_message_at = @now, updated_at = @now
                WHERE id = @ConversationId AND active_message_id = @AnswerId
                """,
                new { turn.ConversationId, turn.AnswerId, title, now });
            return stored == 1;
        },
        CancellationToken.None);

    /// <summary>Marks generations failed whose instance has died: nobody has saved their progress for a while. Their text is kept.</summary>
    public Task<int> FailStaleAsync(DateTimeOffset before, CancellationToken cancellation) => database.WriteAsync(
        async work =>
        {
            var now = time.Now();
            var failed = await work.QueryAsync<Guid>(
                "UPDATE messages SET status = 'failed', updated_at = @now WHERE status = 'streaming' AND updated_at < @before RETURNING id", new { before, now });
            if (failed.Count > 0)
            {
                await work.ExecuteAsync(
                    $"UPDATE conversations SET active_message_id = NULL, updated_at = @now WHERE {work.Dialect.In("active_message_id", "@failed")}",
                    new { failed = work.Dialect.List(failed), now });
            }

            return failed.Count;
        },
        cancellation);

    /// <summary>The message's status, or null when it is not an answer in one of the user's conversations.</summary>
    public Task<string?> FindStatusAsync(Guid messageId, string userId, CancellationToken cancellation) => database.FindAsync<string>(
        "SELECT m.status FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = @messageId AND m.role = 'assistant' AND c.user_id = @userId",
        new { messageId, userId },
        cancellation);

    private static Task<int> InsertMessageAsync(UnitOfWork work, Guid id, ChatTurn turn, string role, string content, string status, string? model, DateTimeOffset at) =>
        work.ExecuteAsync(
            """
            INSERT INTO messages (id, conversation_id, role, content, status, model, created_at, updated_at)
            VALUES (@id, @ConversationId, @role, @content, @status, @model, @at, @at)
            """,
            new { id, turn.ConversationId, role, content, status, model, at });
}

/// <summary>A question and the answer that is to be made for it.</summary>
internal sealed record ChatTurn(Guid ConversationId, Place Place, Guid QuestionId, Guid AnswerId, bool NeedsTitle, bool IsFirst);
