using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Pagination.Tests;

/// <summary>The package as an application uses it: a minimal API over Dapper, asked over HTTP.</summary>
public sealed class EndpointTests : IAsyncLifetime, IDisposable
{
    private static readonly PageOrder<Row> Order = PageOrder<Row>.Create(order => order
        .Key("title", row => row.Title, "title", collation: TextCollation.Binary)
        .TieBreaker("id", row => row.Id, "id")
        .Default("id"));

    private readonly SqliteConnection _database = new("Data Source=:memory:");
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _database.OpenAsync();
        await _database.ExecuteAsync("""
            CREATE TABLE rows (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
            INSERT INTO rows (title) VALUES ('e'), ('d'), ('c'), ('b'), ('a');
            """);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStratAIPagination(options => options.SigningKey = TestPagers.Key);
        _app = builder.Build();
        _app.MapGet("/rows", ListAsync);
        await _app.StartAsync();
        _client = new() { BaseAddress = new(_app.Urls.Single()) };
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _database.Dispose();
    }

    [Fact]
    public async Task Following_next_by_offset_and_then_by_cursor_reads_the_list()
    {
        using var response = await _client.GetAsync("/rows?limit=2&sort=title");
        var page = await response.Content.ReadFromJsonAsync<JsonElement>();
        var cursor = page.GetProperty("pagination").GetProperty("nextCursor").GetString();

        Assert.Equal(
            $$$"""{"data":[{"id":5,"title":"a"},{"id":4,"title":"b"}],"pagination":{"offset":0,"limit":2,"total":5,"hasMore":true,"nextCursor":"{{{cursor}}}"}}""",
            page.GetRawText());
        Assert.Equal(
            "</rows?limit=2&sort=title>; rel=\"first\", </rows?limit=2&sort=title&offset=2>; rel=\"next\"",
            string.Join(", ", response.Headers.GetValues("Link")));

        using var second = await _client.GetAsync($"/rows?limit=3&sort=title&cursor={cursor}");
        var rest = await second.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("""[{"id":3,"title":"c"},{"id":2,"title":"d"},{"id":1,"title":"e"}]""", rest.GetProperty("data").GetRawText());
        Assert.False(rest.GetProperty("pagination").TryGetProperty("total", out _));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("pagination").GetProperty("nextCursor").ValueKind);

        var previous = rest.GetProperty("pagination").GetProperty("prevCursor").GetString();
        Assert.Equal(
            $"</rows?limit=3&sort=title>; rel=\"first\", </rows?limit=3&sort=title&cursor={previous}>; rel=\"prev\"",
            string.Join(", ", second.Headers.GetValues("Link")));
    }

    [Theory]
    [InlineData("?limit=x", "invalid-pagination")]
    [InlineData("?cursor=x&offset=1", "pagination-conflict")]
    [InlineData("?sort=x", "invalid-sort")]
    [InlineData("?cursor=x", "cursor-malformed")]
    public async Task A_bad_request_reaches_the_handler_as_a_result(string query, string code)
    {
        using var response = await _client.GetAsync($"/rows{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    private async Task<IResult> ListAsync(PageRequest request, Pager pager, HttpContext context)
    {
        var plan = pager.Plan(Order, request, new PageScope("rows", ""), SqlDialect.Sqlite);
        if (plan.Error is { } error)
        {
            return Results.Problem(error.Detail, statusCode: 400, extensions: new Dictionary<string, object?> { ["code"] = error.Code });
        }

        var sql = plan.Compose("id, title", "rows", "id > @least");
        var parameters = new DynamicParameters(sql.Parameters);
        parameters.Add("least", 0);
        await using var reader = await _database.ExecuteReaderAsync(new CommandDefinition(sql.Text, parameters, cancellationToken: context.RequestAborted));
        var page = await plan.ReadAsync(reader, reader.GetRowParser<Row>(length: reader.FieldCount - sql.HiddenColumns), context.RequestAborted);
        PageLinks.Write(context, page.Pagination);
        return Results.Ok(page.Select(row => new { row.Id, row.Title }));
    }

    private sealed record Row(long Id, string Title);
}
