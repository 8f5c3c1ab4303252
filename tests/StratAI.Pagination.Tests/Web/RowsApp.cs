using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Pagination.Tests.Web;

/// <summary>A list on SQLite behind Kestrel, whose server refuses as often as it is told to.</summary>
public sealed class RowsApp : IAsyncLifetime
{
    private readonly SqliteConnection _database = new("Data Source=:memory:");
    private readonly SemaphoreSlim _turn = new(1);
    private WebApplication _app = null!;
    private int _requests;

    /// <summary>Every so many requests get an answer, the others a refusal; 1 answers all.</summary>
    public int Answered
    {
        get;
        set => (field, _requests) = (value, 0);
    } = 1;

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await ExecuteAsync("CREATE TABLE rows (id INTEGER PRIMARY KEY, title TEXT NOT NULL)");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStratAIPagination(options => options.SigningKey = TestPagers.Key);
        _app = builder.Build();
        _app.MapGet("/rows", ListAsync);
        await _app.StartAsync();
        Client = new() { BaseAddress = new(_app.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        _turn.Dispose();
    }

    public Task ExecuteAsync(string sql) => LockedAsync(async () =>
    {
        await _database.OpenAsync();
        return await _database.ExecuteAsync(sql);
    });

    public Task<long[]> IdsAsync(string order) =>
        LockedAsync(async () => (await _database.QueryAsync<long>($"SELECT id FROM rows ORDER BY {order}")).ToArray());

    private async Task<IResult> ListAsync(PageRequest request, Pager pager, HttpContext context)
    {
        if (Interlocked.Increment(ref _requests) % Answered != 0)
        {
            context.Response.Headers.RetryAfter = "1";
            return Results.Problem("Later.", statusCode: 429);
        }

        var plan = pager.Plan(WebApp.Order, request, new PageScope("rows", ""), SqlDialect.Sqlite);
        if (plan.Error is { } error)
        {
            return Results.Problem(error.Detail, statusCode: 400, extensions: new Dictionary<string, object?> { ["code"] = error.Code });
        }

        var sql = plan.Compose("id, title", "rows", "");
        return Results.Ok(await LockedAsync(async () =>
        {
            await using var reader = await _database.ExecuteReaderAsync(sql.Text, new DynamicParameters(sql.Parameters));
            return await plan.ReadAsync(reader, reader.GetRowParser<Row>(length: reader.FieldCount - sql.HiddenColumns));
        }));
    }

    private async Task<T> LockedAsync<T>(Func<Task<T>> use)
    {
        await _turn.WaitAsync();
        try
        {
            return await use();
        }
        finally
        {
            _turn.Release();
        }
    }
}
