using System.Buffers;
using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

/// <summary>Pages through the package, to the JSON that a client gets.</summary>
internal sealed class PackagePages(NpgsqlDataSource source)
{
    private static readonly PageScope Scope = new("tasks", "1");

    private readonly Pager _pager = new ServiceCollection()
        .AddStratAIPagination(options => options.SigningKey = Convert.ToBase64String(new byte[32])).Services.BuildServiceProvider().GetRequiredService<Pager>();

    private readonly ArrayBufferWriter<byte> _json = new(64 * 1024);

    public async Task<int> WriteAsync(PageRequest request) => Write(await ReadAsync(request));

    public async Task<Page<TaskRow>> ReadAsync(PageRequest request)
    {
        var plan = _pager.Plan(TaskRow.Order, request, Scope, SqlDialect.PostgreSql);
        await using var command = source.CreateCommand();
        plan.Compose(TaskTable.Columns, TaskTable.From, TaskTable.Where).Bind(command);
        command.Parameters.AddWithValue("owner", 1);
        await using var reader = await command.ExecuteReaderAsync();
        return await plan.ReadAsync(reader, Read);
    }

    public async Task<int> QueryAsync(TaskContext context, PageRequest request) => Write(
        await _pager.Plan(TaskRow.Order, request, Scope, SqlDialect.PostgreSql).QueryAsync(context.Tasks.AsNoTracking().Where(task => task.OwnerId == 1)));

    /// <summary>The cursor behind so many rows.</summary>
    public async Task<string> CursorAtAsync(string sort, int depth) =>
        (await ReadAsync(new PageRequest { Sort = sort, Offset = depth - 1, Limit = 1 })).Pagination.NextCursor!;

    public static TaskRow Read(DbDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Title = reader.GetString(1),
        Priority = reader.GetInt32(2),
        DueDate = reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3),
        CreatedAt = reader.GetDateTime(4),
    };

    public int Write(Page<TaskRow> page)
    {
        _json.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_json);
        JsonSerializer.Serialize(writer, page, JsonSerializerOptions.Web);
        return _json.WrittenCount;
    }
}
