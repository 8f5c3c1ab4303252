using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Conversations;

internal static class ConversationEndpoints
{
    private const string Select = $"SELECT {ConversationResource.Columns} FROM conversations c WHERE c.id = @id AND c.user_id = @userId";

    public static void MapConversations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/conversations").WithTags("Conversations");
        group.MapGet("", List).WithPageOrder(ConversationResource.Order).WithSummary("Your conversations; q searches titles and messages.");
        group.MapPost("", Create).Idempotent();
        group.MapGet("/{id:guid}", Get);
        group.MapPatch("/{id:guid}", Patch);
        group.MapDelete("/{id:guid}", Delete).WithSummary("Deletes a conversation with its messages.");
        group.MapGet("/{id:guid}/messages", ListMessages).WithPageOrder(MessageResource.Order);
    }

    private static async Task<Results<PageResult<ConversationResource>, Problem>> List(
        string? q, PageRequest page, CurrentUser user, PageReader pages, CancellationToken cancellation)
    {
        if (SearchFilter.Check(q) is { } problem)
        {
            return problem;
        }

        var dialect = pages.Dialect;
        // EXISTS, so that PostgreSQL may read this user's messages rather than everybody's that hold a common word.
        var where = SearchFilter.Where(dialect, q, "conversations", "c") is not { } title ? "c.user_id = @userId"
            : $"""
              c.user_id = @userId AND ({title}
                  OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND {SearchFilter.Where(dialect, q, "messages", "m")}))
              """;
        return await pages.ReadAsync(
            ConversationResource.Order, page, new PageScope("conversations", user.Id, q ?? ""),
            ConversationResource.Columns, "conversations c", where, new { userId = user.Id, term = dialect.SearchTerm(q ?? "") }, cancellation);
    }

    private static async Task<Results<CreatedResource<ConversationResource>, Problem>> Create(
        ConversationBody body, CurrentUser user, AppDatabase database, Places places, TimeProvider time, Creation creation, CancellationToken cancellation)
    {
        var (place, problem) = await places.FindAsync(body.SpaceId, body.AreaId, user.Id, forEditing: false, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        var now = time.Now();
        var conversation = new ConversationResource { Id = time.NewId(), Title = body.Title, SpaceId = place.SpaceId, AreaId = place.AreaId, CreatedAt = now, UpdatedAt = now };
        return await database.WriteAsync(
            async work =>
            {
                await InsertAsync(work, conversation, user.Id);
                return await creation.AnswerAsync(work, Resource.Created($"/api/conversations/{conversation.Id}", conversation));
            },
            cancellation);
    }

    public static Task<int> InsertAsync(UnitOfWork work, ConversationResource conversation, string userId)
    {
        var row = new DynamicParameters(conversation);
        row.Add("userId", userId);
        return work.ExecuteAsync(
            """
            INSERT INTO conversations (id, user_id, title, space_id, area_id, message_count, last_message_at, active_message_id,
            created_at, updated_at)
            VALUES (@Id, @userId, @Title, @SpaceId, @AreaId, @MessageCount, @LastMessageAt, @ActiveMessageId, @CreatedAt, @UpdatedAt)
            """,
            row);
    }

    private static async Task<Results<Resource<ConversationResource>, Problem>> Get(Guid id, CurrentUser user, AppDatabase database, CancellationToken cancellation) =>
        await database.FindAsync<ConversationResource>(Select, new { id, userId = user.Id }, cancellation) is { } conversation ? Resource.Of(conversation) : Problem.NotFound();

    private static async Task<Results<Resource<ConversationResource>, Problem>> Patch(
        Guid id, MergePatch<ConversationBody> patch, HttpRequest request, CurrentUser user, AppDatabase database, Places places,
        TimeProvider time, CancellationToken cancellation)
    {
        // The place is looked up before the transaction, which then holds one connection and not two.
        if (await database.FindAsync<ConversationResource>(Select, new { id, userId = user.Id }, cancellation) is not { } known)
        {
            return Problem.NotFound();
        }

        var (body, problem) = patch.Apply(known.ToBody());
        var place = known.Place;
        if (problem is null && new Place(body.SpaceId, body.AreaId) != known.Place)
        {
            (place, problem) = await places.FindAsync(body.SpaceId, body.AreaId, user.Id, forEditing: false, cancellation);
        }

        if (problem is not null)
        {
            return problem;
        }

        (var conversation, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, request),
            async (work, conversation) =>
            {
                if (conversation.Place != known.Place)
                {
                    return (conversation, new Problem(409, "conflict", "The conversation was moved by another request at the same time."));
                }

                var (fresh, _) = patch.Apply(conversation.ToBody());
                conversation = conversation with { Title = fresh.Title, SpaceId = place.SpaceId, AreaId = place.AreaId, UpdatedAt = time.Now() };
                await work.ExecuteAsync("UPDATE conversations SET title = @Title, space_id = @SpaceId, area_id = @AreaId, updated_at = @UpdatedAt WHERE id = @Id", conversation);
                return (conversation, null);
            },
            cancellation);
        return problem is null ? Resource.Of(conversation!) : problem;
    }

    private static async Task<Results<NoContent, Problem>> Delete(Guid id, HttpRequest request, CurrentUser user, AppDatabase database, CancellationToken cancellation)
    {
        var (_, problem) = await database.DeleteAsync(work => FindForChangeAsync(work, id, user, request), "DELETE FROM conversations WHERE id = @id", id, cancellation);
        return problem is null ? TypedResults.NoContent() : problem;
    }

    private static async Task<Results<PageResult<MessageResource>, Problem>> ListMessages(
        Guid id, PageRequest page, CurrentUser user, AppDatabase database, PageReader pages, CancellationToken cancellation) =>
        await database.FindAsync<ConversationResource>(Select, new { id, userId = user.Id }, cancellation) is null
            ? Problem.NotFound()
            : await pages.ReadAsync(
                MessageResource.Order, page, new PageScope($"conversations/{id}/messages", user.Id),
                MessageResource.Columns, "messages m", "m.conversation_id = @id", new { id }, cancellation);

    private static async Task<(ConversationResource? Conversation, Problem? Problem)> FindForChangeAsync(UnitOfWork work, Guid id, CurrentUser user, HttpRequest request)
    {
        var conversation = await work.FindAsync<ConversationResource>(Select + work.Dialect.ForUpdate, new { id, userId = user.Id });
        return conversation is null ? (null, Problem.NotFound()) : (conversation, request.CheckIfMatch(conversation));
    }
}
