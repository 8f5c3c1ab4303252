using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace StratAI.Pagination.Tests.Web;

/// <summary>An application with lists of both kinds, minimal API and controller, and an OpenAPI document.</summary>
public sealed class WebApp : IAsyncLifetime
{
    private WebApplication _app = null!;

    public static PageOrder<Row> Order { get; } = PageOrder<Row>.Create(order => order
        .Key("title", row => row.Title, "title", collation: TextCollation.Binary)
        .Key("id", row => row.Id, "id")
        .TieBreaker("id", row => row.Id, "id")
        .Default("-title,id"));

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(WebApp).Assembly.GetName().Name,
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddControllers();
        builder.Services.AddOpenApi(options => Describe(options));
        builder.Services.AddOpenApi("twice", options => Describe(Describe(options)));
        builder.Services.AddOpenApi("old", options => Describe(options).OpenApiVersion = OpenApiSpecVersion.OpenApi3_0);
        _app = builder.Build();
        _app.MapControllers();
        _app.MapOpenApi();
        _app.MapGet("/minimal/rows", (PageRequest request, string? status) => List(request, status)).WithPageOrder(Order);
        _app.MapGet("/minimal/bound", (PageRequest request) => Bound.Of(request)).ExcludeFromDescription();
        _app.MapGet("/minimal/filtered", ([AsParameters] RowFilter filter) => Bound.Of(filter.Page));
        _app.MapGet("/minimal/described", (PageRequest request, int limit) => limit).ProducesProblem(400).WithPageOrder(ById);
        _app.MapGet("/minimal/unpaged", () => "");
        await _app.StartAsync();
        Client = new() { BaseAddress = new(_app.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static PageOrder<Row> ById { get; } = PageOrder<Row>.Create(order => order
        .Key("title", row => row.Title, "title", collation: TextCollation.Binary)
        .TieBreaker("id", row => row.Id, "id"));

    // What the document says of the server is another thing every time.
    private static OpenApiOptions Describe(OpenApiOptions options) => options
        .AddStratAIPagination()
        .AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Rows", Version = "v1" };
            document.Servers = [];
            return Task.CompletedTask;
        });

    internal static Page<Row> List(PageRequest request, string? status) =>
        new([new(request.Limit, status ?? "")], new() { Limit = 1, HasMore = false });
}
