using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Tasks;

internal static class TaskEndpoints
{
    public static void MapTasks(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/tasks").WithTags("Tasks").ForgetsToolResults(ToolSubject.Tasks);
        group.MapGet("", List).WithPageOrder(TaskResource.Order).WithSummary("Your tasks.");
        group.MapPost("", Create).Idempotent();
        group.MapPost("/batch", CreateBatch).Idempotent().WithSummary("Makes up to 100 tasks, all or none.");
        group.MapGet("/{id:guid}", Get);
        group.MapPatch("/{id:guid}", Patch);
        group.MapDelete("/{id:guid}", Delete);
    }

    private static async Task<Results<PageResult<TaskResource>, Problem>> List(
        [AsParameters] TaskFilter filter, PageRequest page, CurrentUser user, PageReader pages, CancellationToken cancellation) =>
        filter.Check() is { } problem
            ? problem
            : await pages.ReadAsync(
                TaskResource.Order, page, new PageScope("tasks", user.Id, filter.ToString()),
                TaskResource.Columns, "tasks t", filter.Where(pages.Dialect), filter.Parameters(user.Id, pages.Dialect), cancellation);

    private static async Task<Results<CreatedResource<TaskResource>, Problem>> Create(
        TaskBody body, CurrentUser user, AppDatabase database, AreaStore areas, TimeProvider time, Creation creation, CancellationToken cancellation)
    {
        var task = TaskResource.Create(body, time);
        if (await MissingAreaAsync([body], user, areas, i => "areaId", cancellation) is { } problem)
        {
            return problem;
        }

        return await database.WriteAsync(
            async work =>
            {
                await InsertAsync(work, [task], user.Id);
                return await creation.AnswerAsync(work, Resource.Created($"/api/tasks/{task.Id}", task));
            },
            cancellation);
    }

    private static async Task<Results<CreatedResource<TaskBatch>, Problem>> CreateBatch(
        TaskBatchBody body, CurrentUser user, AppDatabase database, AreaStore areas, TimeProvider time, Creation creation, CancellationToken cancellation)
    {
        if (await MissingAreaAsync(body.Tasks, user, areas, i => $"tasks[{i}].areaId", cancellation) is { } problem)
        {
            return problem;
        }

        var tasks = body.Tasks.Select(task => TaskResource.Create(task, time)).ToList();
        return await database.WriteAsync(
            async work =>
            {
                await InsertAsync(work, tasks, user.Id);
                return await creation.AnswerAsync(work, Resource.Created("/api/tasks", new TaskBatch(tasks)));
            },
            cancellation);
    }

    private static async Task<Results<Resource<TaskResource>, Problem>> Get(Guid id, CurrentUser user, AppDatabase database, CancellationToken cancellation) =>
        await database.FindAsync<TaskResource>($"SELECT {TaskResource.Columns} FROM tasks t WHERE t.id = @id AND t.user_id = @userId", new { id, userId = user.Id }, cancellation) is { } task
            ? Resource.Of(task)
            : Problem.NotFound();

    private static async Task<Results<Resource<TaskResource>, Problem>> Patch(
        Guid id, MergePatch<TaskBody> patch, HttpRequest request, CurrentUser user, AppDatabase database, TimeProvider time,
        CancellationToken cancellation)
    {
        var (task, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, request),
            async (work, task) =>
            {
                var (body, problem) = patch.Apply(task.ToBody());
                if (problem is null && body.AreaId is { } area && area != task.AreaId && await AreaStore.FindForChangeAsync(work, area, user.Id) is null)
                {
                    problem = NoSuchArea("areaId");
                }

                task = task.With(body, time.Now());
                if (problem is null)
                {
                    await work.ExecuteAsync(
                        """
                        UPDATE tasks SET title = @Title, notes = @Notes, status = @Status, priority = @Priority, due_date = @DueDate, area_id = @AreaId,
                            completed_at = @CompletedAt, updated_at = @UpdatedAt WHERE id = @Id
                        """,
                        task);
                }

                return (task, problem);
            },
            cancellation);
        return problem is null ? Resource.Of(task!) : problem;
    }

    private static async Task<Results<NoContent, Problem>> Delete(Guid id, HttpRequest request, CurrentUser user, AppDatabase database, CancellationToken cancellation)
    {
        var (_, problem) = await database.DeleteAsync(work => FindForChangeAsync(work, id, user, request), "DELETE FROM tasks WHERE id = @id", id, cancellation);
        return problem is null ? TypedResults.NoContent() : problem;
    }

    private static async Task<(TaskResource? Task, Problem? Problem)> FindForChangeAsync(UnitOfWork work, Guid id, CurrentUser user, HttpRequest request)
    {
        var task = await work.FindAsync<TaskResource>(
            $"SELECT {TaskResource.Columns} FROM tasks t WHERE t.id = @id AND t.user_id = @userId{work.Dialect.ForUpdate}", new { id, userId = user.Id });
        return task is null ? (null, Problem.NotFound()) : (task, request.CheckIfMatch(task));
    }

    /// <summary>A task may be put into any area its owner can see.</summary>
    private static async Task<Problem?> MissingAreaAsync(
        IReadOnlyList<TaskBody> bodies, CurrentUser user, AreaStore areas, Func<int, string> field, CancellationToken cancellation)
    {
        var visible = await areas.FindManyAsync(bodies.Select(body => body.AreaId).OfType<Guid>(), user.Id, cancellation);
        for (var i = 0; i < bodies.Count; i++)
        {
            if (bodies[i].AreaId is { } area && visible[area] is null)
            {
                return NoSuchArea(field(i));
            }
        }

        return null;
    }

    private static Problem NoSuchArea(string field) => Problem.Validation(field, "There is no such area.");

    /// <summary>One statement however many tasks: one round trip, and all or none of them. One whose id there is already is not made again.</summary>
    public static Task<int> InsertAsync(UnitOfWork work, IReadOnlyList<TaskResource> tasks, string userId)
    {
        var parameters = new DynamicParameters(new { UserId = userId });
        var rows = tasks.Select((task, i) =>
        {
            parameters.Add($"Id{i}", task.Id);
            parameters.Add($"Title{i}", task.Title);
            parameters.Add($"Notes{i}", task.Notes);
            parameters.Add($"Status{i}", task.Status);
            parameters.Add($"Priority{i}", task.Priority);
            parameters.Add($"DueDate{i}", task.DueDate);
            parameters.Add($"AreaId{i}", task.AreaId);
            parameters.Add($"CompletedAt{i}", task.CompletedAt);
            parameters.Add($"CreatedAt{i}", task.CreatedAt);
            return $"(@Id{i}, @UserId, @Title{i}, @Notes{i}, @Status{i}, @Priority{i}, @DueDate{i}, @AreaId{i}, @CompletedAt{i}, @CreatedAt{i}, @CreatedAt{i})";
        });
        return work.ExecuteAsync(
            $"INSERT INTO tasks (id, user_id, title, notes, status, priority, due_date, area_id, completed_at, created_at, updated_at) VALUES {string.Join(", ", rows)} ON CONFLICT (id) DO NOTHING",
            parameters);
    }
}
