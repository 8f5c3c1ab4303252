using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Meetings;

internal static class MeetingEndpoints
{
    private const string Select = $"SELECT {MeetingResource.Columns} FROM meetings m WHERE m.id = @id AND m.user_id = @userId";

    public static void MapMeetings(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/meetings").WithTags("Meetings").ForgetsToolResults(ToolSubject.Meetings);
        group.MapGet("", List).WithPageOrder(MeetingResource.Order)
            .WithSummary("Your meetings; those that overlap the time from 'from' until 'to'.");
        group.MapPost("", Create).Idempotent();
        group.MapGet("/{id:guid}", Get);
        group.MapPatch("/{id:guid}", Patch);
        group.MapDelete("/{id:guid}", Delete);
    }

    private static async Task<Results<PageResult<MeetingResource>, Problem>> List(
        [AsParameters] MeetingFilter filter, PageRequest page, CurrentUser user, PageReader pages, CancellationToken cancellation) =>
        filter.Check() is { } problem
            ? problem
            : await pages.ReadAsync(
                MeetingResource.Order, page, new PageScope("meetings", user.Id, filter.ToString()),
                MeetingResource.Columns, "meetings m", filter.Where(), filter.Parameters(user.Id), cancellation);

    private static async Task<Results<CreatedResource<MeetingResource>, Problem>> Create(
        MeetingBody body, CurrentUser user, AppDatabase database, Places places, TimeProvider time, Creation creation, CancellationToken cancellation)
    {
        var (_, problem) = await places.FindAsync(null, body.AreaId, user.Id, forEditing: false, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        var meeting = MeetingResource.Create(body, time);
        var row = new DynamicParameters(meeting);
        row.Add("userId", user.Id);
        return await database.WriteAsync(
            async work =>
            {
                await work.ExecuteAsync(
                    """
                    INSERT INTO meetings (id, user_id, title, starts_at, ends_at, location, notes, attendees, area_id, created_at, updated_at)
                    VALUES (@Id, @userId, @Title, @StartsAt, @EndsAt, @Location, @Notes, @AttendeesText, @AreaId, @CreatedAt, @UpdatedAt)
                    """,
                    row);
                return await creation.AnswerAsync(work, Resource.Created($"/api/meetings/{meeting.Id}", meeting));
            },
            cancellation);
    }

    private static async Task<Results<Resource<MeetingResource>, Problem>> Get(
        Guid id, CurrentUser user, AppDatabase database, CancellationToken cancellation) =>
        await database.FindAsync<MeetingResource>(Select, new { id, userId = user.Id }, cancellation) is { } meeting
            ? Resource.Of(meeting)
            : Problem.NotFound();

    private static async Task<Results<Resource<MeetingResource>, Problem>> Patch(
        Guid id, MergePatch<MeetingBody> patch, HttpRequest request, CurrentUser user, AppDatabase database, TimeProvider time,
        CancellationToken cancellation)
    {
        var (meeting, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, request),
            async (work, meeting) =>
            {
                var (body, problem) = patch.Apply(meeting.ToBody());
                if (problem is null && body.AreaId is { } area && area != meeting.AreaId
                    && await AreaStore.FindForChangeAsync(work, area, user.Id) is null)
                {
                    problem = Problem.Validation("areaId", "There is no such area.");
                }

                if (problem is null)
                {
                    meeting = meeting.With(body, time.Now());
                    await work.ExecuteAsync(
                        """
                        UPDATE meetings SET title = @Title, starts_at = @StartsAt, ends_at = @EndsAt, location = @Location, notes = @Notes,
                            attendees = @AttendeesText, area_id = @AreaId, updated_at = @UpdatedAt WHERE id = @Id
                        """,
                        meeting);
                }

                return (meeting, problem);
            },
            cancellation);
        return problem is null ? Resource.Of(meeting!) : problem;
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        Guid id, HttpRequest request, CurrentUser user, AppDatabase database, CancellationToken cancellation)
    {
        var (_, problem) = await database.DeleteAsync(
            work => FindForChangeAsync(work, id, user, request), "DELETE FROM meetings WHERE id = @id", id, cancellation);
        return problem is null ? TypedResults.NoContent() : problem;
    }

    private static async Task<(MeetingResource? Meeting, Problem? Problem)> FindForChangeAsync(
        UnitOfWork work, Guid id, CurrentUser user, HttpRequest request)
    {
        var meeting = await work.FindAsync<MeetingResource>(Select + work.Dialect.ForUpdate, new { id, userId = user.Id });
        return meeting is null ? (null, Problem.NotFound()) : (meeting, request.CheckIfMatch(meeting));
    }
}
