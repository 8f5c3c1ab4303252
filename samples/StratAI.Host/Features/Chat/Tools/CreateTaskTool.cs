using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StratAI.Host.Database;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Tasks;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

internal sealed record CreateTaskArguments : IRequestBody
{
    [Required, StringLength(200, MinimumLength = 1)]
    public string Title { get; init; } = "";

    [StringLength(5_000)]
    public string? Notes { get; init; }

    [Range(0, 3), Description("From 0 (none) to 3 (highest).")]
    public int? Priority { get; init; }

    public DateOnly? DueDate { get; init; }
}

/// <summary>The one tool that changes something: it adds a task of the user's, in the conversation's area where it has one.</summary>
internal sealed class CreateTaskTool(AppDatabase database, AreaStore areas, ToolResults results, TimeProvider time) : ChatTool<CreateTaskArguments>
{
    public override string Name => "create_task";

    public override string Description => "Adds a task to the user's list. Only when the user asks for it, in a message of their own.";

    protected override async Task<ToolResult> RunAsync(ToolCall call, CreateTaskArguments arguments, CancellationToken cancellation)
    {
        // Somebody who may no longer see the area keeps the task without it.
        var area = call.Place.AreaId is { } id ? await areas.FindAsync(id, call.UserId, cancellation) : null;
        var body = new TaskBody
        {
            Title = arguments.Title, Notes = arguments.Notes ?? "", Priority = arguments.Priority ?? 0, DueDate = arguments.DueDate, AreaId = area?.Id,
        };
        var task = TaskResource.Create(body, time) with { Id = IdOf(call, arguments) };
        try
        {
            if (await database.WriteAsync(work => TaskEndpoints.InsertAsync(work, [task], call.UserId), cancellation) == 0)
            {
                return await database.FindAsync<TaskResource>($"SELECT {TaskResource.Columns} FROM tasks t WHERE t.id = @Id", new { task.Id }, cancellation) is { } made
                    ? ToolResult.Of(made)
                    : ToolResult.Failure("not-found", "The task was made and has been deleted.");
            }
        }
        finally
        {
            await results.ForgetAsync(call.UserId, ToolSubject.Tasks);
        }

        return ToolResult.Of(task);
    }

    /// <summary>
    /// The same for the same call, so that one that is repeated makes nothing. With its arguments, as some models number the calls of each round from the
    /// beginning.
    /// </summary>
    private static Guid IdOf(ToolCall call, CreateTaskArguments arguments)
    {
        Span<byte> id = stackalloc byte[16];
        call.AnswerId.TryWriteBytes(id, bigEndian: true, out _);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{call.AnswerId}\n{call.CallId}\n{JsonSerializer.Serialize(arguments, ApiJson.Options)}"));
        // The time of the answer stays, and with it the order of ids.
        hash.AsSpan(0, 10).CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new(id, bigEndian: true);
    }
}
