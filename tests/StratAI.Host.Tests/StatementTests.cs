using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>No endpoint asks the database row by row: it sends as many statements where there are many rows as where there are few, on a cold cache.</summary>
[Collection(DistributedShape.Name)]
public sealed class StatementTests(DistributedHost host)
{
    private const int Few = 2;
    private const int Many = 8;

    // In an order in which each succeeds: what is deleted is deleted last.
    private static readonly (string Endpoint, Func<Crowd, (string Path, object? Body)> Call)[] Endpoints =
    [
        ("POST /api/dev/token", _ => ("/api/dev/token", new { user = "ada" })),
        ("GET /api/me", _ => ("/api/me", null)),
        ("GET /api/system/scaling", _ => ("/api/system/scaling", null)),
        ("GET /api/preferences", _ => ("/api/preferences", null)),
        ("GET /api/spaces/{id:guid}", c => ($"/api/spaces/{c.Spaces[0]}", null)),
        ("GET /api/areas/{id:guid}", c => ($"/api/areas/{c.Areas[0]}", null)),
        // With documents of many spaces, and tasks in many areas, of which the cache knows next to nothing yet.
        ("POST /api/chat", c => ("/api/chat", new { areaId = c.World.Area, documentIds = c.Documents, message = "What do tomatoes want?" })),
        ("POST /api/tasks/batch", c => ("/api/tasks/batch", new { tasks = c.Areas.Select(area => new { title = "Another", areaId = area }) })),
        ("PATCH /api/preferences", _ => ("/api/preferences", new { theme = "dark" })),
        ("GET /api/spaces", _ => ("/api/spaces?limit=100", null)),
        ("POST /api/spaces", _ => ("/api/spaces", new { name = "Another" })),
        ("PATCH /api/spaces/{id:guid}", c => ($"/api/spaces/{c.World.Space}", new { name = "Other" })),
        ("GET /api/spaces/{id:guid}/members", c => ($"/api/spaces/{c.World.Space}/members", null)),
        ("PUT /api/spaces/{id:guid}/members/{userId}", c => ($"/api/spaces/{c.World.Space}/members/bob", new { role = "viewer" })),
        ("DELETE /api/spaces/{id:guid}/members/{userId}", c => ($"/api/spaces/{c.World.Space}/members/bob", null)),
        ("GET /api/spaces/{spaceId:guid}/areas", c => ($"/api/spaces/{c.World.Space}/areas", null)),
        ("POST /api/spaces/{spaceId:guid}/areas", c => ($"/api/spaces/{c.World.Space}/areas", new { name = "Another" })),
        ("PATCH /api/areas/{id:guid}", c => ($"/api/areas/{c.World.Area}", new { name = "Other" })),
        ("PUT /api/areas/{id:guid}/shares/{userId}", c => ($"/api/areas/{c.World.Area}/shares/bob", new { role = "viewer" })),
        ("DELETE /api/areas/{id:guid}/shares/{userId}", c => ($"/api/areas/{c.World.Area}/shares/bob", null)),
        ("GET /api/tasks", _ => ("/api/tasks?sort=dueDate", null)),
        ("POST /api/tasks", c => ("/api/tasks", new { title = "Another", areaId = c.Areas[0] })),
        ("GET /api/tasks/{id:guid}", c => ($"/api/tasks/{c.World.Task}", null)),
        ("PATCH /api/tasks/{id:guid}", c => ($"/api/tasks/{c.World.Task}", new { title = "Other" })),
        ("GET /api/documents", c => ($"/api/documents?ids={string.Join(',', c.Documents)}", null)),
        ("POST /api/documents", _ => ("/api/documents", null)),
        ("POST /api/documents/uploads", _ => ("/api/documents/uploads", new { filename = "a.txt", contentType = "text/plain", size = 1 })),
        ("POST /api/documents/uploads/{uploadId:guid}/complete", c => ($"/api/documents/uploads/{c.World.Upload}/complete", new { })),
        ("GET /api/documents/{id:guid}", c => ($"/api/documents/{c.World.Document}", null)),
        ("PATCH /api/documents/{id:guid}", c => ($"/api/documents/{c.World.Document}", new { filename = "other.md" })),
        ("GET /api/documents/{id:guid}/content", c => ($"/api/documents/{c.World.Document}/content", null)),
        ("GET /api/documents/{id:guid}/image", c => ($"/api/documents/{c.World.Image}/image?w=320", null)),
        ("GET /api/documents/{id:guid}/url", c => ($"/api/documents/{c.World.Document}/url", null)),
        ("GET /api/pages", _ => ("/api/pages", null)),
        ("POST /api/pages", c => ("/api/pages", new { title = "Another", spaceId = c.Spaces[0] })),
        ("GET /api/pages/{id:guid}", c => ($"/api/pages/{c.World.Page}", null)),
        ("PATCH /api/pages/{id:guid}", c => ($"/api/pages/{c.World.Page}", new { title = "Other" })),
        ("GET /api/pages/{id:guid}/versions", c => ($"/api/pages/{c.World.Page}/versions", null)),
        ("GET /api/pages/{id:guid}/versions/{n:int}", c => ($"/api/pages/{c.World.Page}/versions/1", null)),
        ("POST /api/pages/{id:guid}/versions/{n:int}/restore", c => ($"/api/pages/{c.World.Page}/versions/1/restore", new { })),
        ("GET /api/meetings", _ => ("/api/meetings", null)),
        ("POST /api/meetings", c => ("/api/meetings", new { title = "Another", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z", areaId = c.Areas[0] })),
        ("GET /api/meetings/{id:guid}", c => ($"/api/meetings/{c.World.Meeting}", null)),
        ("PATCH /api/meetings/{id:guid}", c => ($"/api/meetings/{c.World.Meeting}", new { title = "Other" })),
        ("GET /api/games/scores", c => ($"/api/games/scores?game={Crowd.GameOf(c.Size)}", null)),
        ("POST /api/games/scores", c => ("/api/games/scores", new { game = Crowd.GameOf(c.Size), score = 1 })),
        ("PUT /api/integrations/{service}", c => ("/api/integrations/calendar", c.World.Calendar.Body())),
        ("GET /api/integrations", _ => ("/api/integrations", null)),
        ("GET /api/integrations/calendar/events", _ => ("/api/integrations/calendar/events?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z", null)),
        ("DELETE /api/integrations/{service}", _ => ("/api/integrations/calendar", null)),
        ("GET /api/conversations", _ => ("/api/conversations?q=conversation", null)),
        ("POST /api/conversations", c => ("/api/conversations", new { title = "Another", spaceId = c.Spaces[0] })),
        ("GET /api/conversations/{id:guid}", c => ($"/api/conversations/{c.World.Conversation}", null)),
        ("PATCH /api/conversations/{id:guid}", c => ($"/api/conversations/{c.World.Conversation}", new { title = "Other" })),
        ("GET /api/conversations/{id:guid}/messages", c => ($"/api/conversations/{c.World.Conversation}/messages", null)),
        ("GET /api/chat/{messageId:guid}/events", c => ($"/api/chat/{c.World.Answer}/events", null)),
        ("POST /api/chat/{messageId:guid}/stop", c => ($"/api/chat/{c.World.Answer}/stop", new { })),
        ("DELETE /api/tasks/{id:guid}", c => ($"/api/tasks/{c.World.Task}", null)),
        ("DELETE /api/documents/{id:guid}", c => ($"/api/documents/{c.World.Document}", null)),
        ("DELETE /api/pages/{id:guid}", c => ($"/api/pages/{c.World.Page}", null)),
        ("DELETE /api/meetings/{id:guid}", c => ($"/api/meetings/{c.World.Meeting}", null)),
        ("DELETE /api/conversations/{id:guid}", c => ($"/api/conversations/{c.World.Conversation}", null)),
        ("DELETE /api/areas/{id:guid}", c => ($"/api/areas/{c.World.Area}", null)),
        ("DELETE /api/spaces/{id:guid}", c => ($"/api/spaces/{c.World.Space}", null)),
    ];

    // What they answer is in the token.
    private static readonly string[] WithoutStatements = ["POST /api/dev/token", "GET /api/me"];

    [Fact]
    public void The_table_names_every_endpoint()
    {
        var served = host.Host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}");

        Assert.Equal(Endpoints.Select(endpoint => endpoint.Endpoint).Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_endpoint_sends_more_statements_where_there_are_more_rows()
    {
        using var statements = new Statements();
        var few = await CountAsync(statements, await Crowd.CreateAsync(host, Few));
        var many = await CountAsync(statements, await Crowd.CreateAsync(host, Many));

        var grown = Endpoints.Select(endpoint => endpoint.Endpoint).Where(name => many[name].Count > few[name].Count)
            .Select(name => $"{name}: {few[name].Count} statements for {Few} rows, {many[name].Count} for {Many}:\n{string.Join('\n', many[name])}");
        Assert.Empty(grown);
        // Else the counting would be broken.
        Assert.Equal(WithoutStatements, few.Where(endpoint => endpoint.Value.Count == 0).Select(endpoint => endpoint.Key));
    }

    [Fact]
    public async Task On_a_cold_cache_the_documents_of_an_area_and_its_space_come_by_one_statement()
    {
        var world = await World.CreateAsync(host);
        await world.Owner.UploadAsync("shed.md", "The shed is locked."u8.ToArray(), null, ("spaceId", $"{world.Space}"));
        await using var cold = StartCold();
        var owner = await cold.SignInAsync(world.Owner.User);
        using var statements = new Statements();
        var asked = new { areaId = world.Area, message = "What do tomatoes want?" };

        var (answer, sent) = await statements.OfAsync(header => owner.PostAsync("/api/chat", asked, header));
        Assert.Contains("Tomatoes", answer.Text, StringComparison.Ordinal);
        Assert.Single(sent, text => text.Contains("documents", StringComparison.Ordinal));
        (_, sent) = await statements.OfAsync(header => owner.PostAsync("/api/chat", asked, header));
        Assert.DoesNotContain(sent, text => text.Contains("documents", StringComparison.Ordinal));
    }

    /// <summary>An instance of the same deployment but for its Redis.</summary>
    private HostInstance StartCold() => new(new Dictionary<string, string>(host.Settings) { ["Redis:KeyPrefix"] = $"cold-{Guid.NewGuid():N}" });

    /// <summary>The statements of each endpoint, on an instance whose cache holds nothing of the crowd.</summary>
    private async Task<Dictionary<string, IReadOnlyList<string>>> CountAsync(Statements statements, Crowd crowd)
    {
        await using var cold = StartCold();
        var owner = await cold.SignInAsync(crowd.Owner.User);
        var counted = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (endpoint, call) in Endpoints)
        {
            var (path, body) = call(crowd);
            var method = new HttpMethod(endpoint.Split(' ')[0]);
            var (answer, sent) = await statements.OfAsync(trace => owner.SendAsync(
                method, path, ContentOf(endpoint, body), endpoint.StartsWith("PATCH", StringComparison.Ordinal) ? [trace, ("If-Match", "*")] : [trace]));
            Assert.True(
                answer.Status is >= 200 and < 300 || (endpoint == "GET /api/chat/{messageId:guid}/events" && answer.Status == 410),
                $"{endpoint} answered {answer.Status} {answer.Text}");
            counted[endpoint] = sent;
        }

        return counted;
    }

    private static HttpContent? ContentOf(string endpoint, object? body) =>
        endpoint == "POST /api/documents" ? new MultipartFormDataContent { { new ByteArrayContent("# Another"u8.ToArray()), "file", "another.md" } }
        : body is null ? null
        : System.Net.Http.Json.JsonContent.Create(body);
}
