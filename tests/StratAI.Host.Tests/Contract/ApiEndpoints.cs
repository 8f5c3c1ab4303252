namespace StratAI.Host.Tests.Contract;

/// <summary>Every endpoint of the API, in an order in which each call succeeds: what is deleted is deleted last.</summary>
public static class ApiEndpoints
{
    private const string Minute = "private, max-age=60";
    private const string FiveMinutes = "private, max-age=300";
    private const string Never = "no-store";

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("POST /api/dev/token", _ => "/api/dev/token", _ => new { user = "ada" }) { CacheControl = Never },
        new("GET /api/me", _ => "/api/me"),
        new("GET /api/system/scaling", _ => "/api/system/scaling") { IsNoResource = true },

        new("GET /api/preferences", _ => "/api/preferences") { CacheControl = FiveMinutes },
        new("PATCH /api/preferences", _ => "/api/preferences", _ => new { theme = "dark", locale = "en", settings = new { a = 1 } })
            { CacheControl = FiveMinutes, SeenBy = _ => ["/api/preferences"] },

        new("GET /api/spaces", _ => "/api/spaces") { CacheControl = Minute },
        new("POST /api/spaces", _ => "/api/spaces", _ => new { name = "Another", description = "d" }) { Creates = true, SeenBy = _ => ["/api/spaces"] },
        new("GET /api/spaces/{id:guid}", w => $"/api/spaces/{w.Space}") { CacheControl = Minute, Audience = Audience.Members },
        new("PATCH /api/spaces/{id:guid}", w => $"/api/spaces/{w.Space}", _ => new { name = "Other", description = "d" })
            { CacheControl = Minute, Audience = Audience.Members, SeenBy = w => [$"/api/spaces/{w.Space}", "/api/spaces"] },
        new("GET /api/spaces/{id:guid}/members", w => $"/api/spaces/{w.Space}/members") { Audience = Audience.Members },
        new("PUT /api/spaces/{id:guid}/members/{userId}", w => $"/api/spaces/{w.Space}/members/bob", _ => new { role = "viewer" })
            { Audience = Audience.Members, SeenBy = w => [$"/api/spaces/{w.Space}/members"] },
        new("DELETE /api/spaces/{id:guid}/members/{userId}", w => $"/api/spaces/{w.Space}/members/bob")
            { Audience = Audience.Members, SeenBy = w => [$"/api/spaces/{w.Space}/members"] },

        new("GET /api/spaces/{spaceId:guid}/areas", w => $"/api/spaces/{w.Space}/areas") { CacheControl = Minute, Audience = Audience.Members },
        new("POST /api/spaces/{spaceId:guid}/areas", w => $"/api/spaces/{w.Space}/areas", _ => new { name = "Another", description = "d", instructions = "i" })
            { Creates = true, Audience = Audience.Members, SeenBy = w => [$"/api/spaces/{w.Space}/areas"] },
        new("GET /api/areas/{id:guid}", w => $"/api/areas/{w.Area}") { CacheControl = Minute, Audience = Audience.Members },
        new("PATCH /api/areas/{id:guid}", w => $"/api/areas/{w.Area}", _ => new { name = "Other", description = "d", instructions = "i" })
            { CacheControl = Minute, Audience = Audience.Members, SeenBy = w => [$"/api/areas/{w.Area}", $"/api/spaces/{w.Space}/areas"] },
        new("PUT /api/areas/{id:guid}/shares/{userId}", w => $"/api/areas/{w.Area}/shares/bob", _ => new { role = "viewer" }) { Audience = Audience.Members },
        new("DELETE /api/areas/{id:guid}/shares/{userId}", w => $"/api/areas/{w.Area}/shares/bob") { Audience = Audience.Members },

        new("GET /api/tasks", _ => "/api/tasks"),
        new("POST /api/tasks", _ => "/api/tasks", w => new { title = "Another", notes = "n", status = "todo", priority = 1, dueDate = "2026-12-01", areaId = w.Area })
            { Creates = true, SeenBy = _ => ["/api/tasks"] },
        new("POST /api/tasks/batch", _ => "/api/tasks/batch", _ => new { tasks = new[] { new { title = "Another" } } }) { Creates = true, SeenBy = _ => ["/api/tasks"] },
        new("GET /api/tasks/{id:guid}", w => $"/api/tasks/{w.Task}") { Audience = Audience.OwnerAlone },
        new("PATCH /api/tasks/{id:guid}", w => $"/api/tasks/{w.Task}", _ => new { title = "Other", notes = "n" })
            { Audience = Audience.OwnerAlone, SeenBy = w => [$"/api/tasks/{w.Task}", "/api/tasks"] },

        new("GET /api/documents", _ => "/api/documents"),
        new("POST /api/documents", _ => "/api/documents") { File = "# Another", Creates = true, SeenBy = _ => ["/api/documents"] },
        new("POST /api/documents/uploads", _ => "/api/documents/uploads", _ => new { filename = "a.txt", contentType = "text/plain", size = 1 }) { Creates = true },
        new("POST /api/documents/uploads/{uploadId:guid}/complete", w => $"/api/documents/uploads/{w.Upload}/complete")
            { Creates = true, Audience = Audience.OwnerAlone, SeenBy = _ => ["/api/documents"] },
        new("GET /api/documents/{id:guid}", w => $"/api/documents/{w.Document}") { Audience = Audience.Members },
        new("PATCH /api/documents/{id:guid}", w => $"/api/documents/{w.Document}", _ => new { filename = "other.md" })
            { Audience = Audience.Members, SeenBy = w => [$"/api/documents/{w.Document}", "/api/documents"] },
        new("GET /api/documents/{id:guid}/content", w => $"/api/documents/{w.Document}/content") { Audience = Audience.Members },
        new("GET /api/documents/{id:guid}/image", w => $"/api/documents/{w.Image}/image?w=320") { Audience = Audience.Members },
        new("GET /api/documents/{id:guid}/url", w => $"/api/documents/{w.Document}/url") { Audience = Audience.Members, IsNoResource = true },

        new("GET /api/pages", _ => "/api/pages"),
        new("POST /api/pages", _ => "/api/pages", _ => new { title = "Another", content = new { type = "doc" } }) { Creates = true, SeenBy = _ => ["/api/pages"] },
        new("GET /api/pages/{id:guid}", w => $"/api/pages/{w.Page}") { Audience = Audience.Members },
        new("PATCH /api/pages/{id:guid}", w => $"/api/pages/{w.Page}", _ => new { title = "Other", content = new { type = "doc" } })
            { Audience = Audience.Members, SeenBy = w => [$"/api/pages/{w.Page}", "/api/pages", $"/api/pages/{w.Page}/versions"] },
        new("GET /api/pages/{id:guid}/versions", w => $"/api/pages/{w.Page}/versions") { Audience = Audience.Members },
        new("GET /api/pages/{id:guid}/versions/{n:int}", w => $"/api/pages/{w.Page}/versions/1") { Audience = Audience.Members },
        new("POST /api/pages/{id:guid}/versions/{n:int}/restore", w => $"/api/pages/{w.Page}/versions/1/restore")
            { Creates = true, Audience = Audience.Members, SeenBy = w => [$"/api/pages/{w.Page}/versions", $"/api/pages/{w.Page}", "/api/pages"] },

        new("GET /api/meetings", _ => "/api/meetings"),
        new("POST /api/meetings", _ => "/api/meetings", _ => Meeting("Another")) { Creates = true, SeenBy = _ => ["/api/meetings"] },
        new("GET /api/meetings/{id:guid}", w => $"/api/meetings/{w.Meeting}") { Audience = Audience.OwnerAlone },
        new("PATCH /api/meetings/{id:guid}", w => $"/api/meetings/{w.Meeting}", _ => Meeting("Other"))
            { Audience = Audience.OwnerAlone, SeenBy = w => [$"/api/meetings/{w.Meeting}", "/api/meetings"] },

        new("GET /api/games/scores", _ => "/api/games/scores?game=contract") { CacheControl = "private, max-age=10" },
        new("POST /api/games/scores", _ => "/api/games/scores", _ => new { game = "contract", score = 1 }) { Creates = true, SeenBy = _ => ["/api/games/scores?game=contract"] },

        new("PUT /api/integrations/{service}", _ => "/api/integrations/calendar", w => w.Calendar.Body()) { SeenBy = _ => ["/api/integrations"] },
        new("GET /api/integrations", _ => "/api/integrations") { CacheControl = Minute },
        new("GET /api/integrations/calendar/events", _ => "/api/integrations/calendar/events?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"),
        new("DELETE /api/integrations/{service}", _ => "/api/integrations/calendar") { SeenBy = _ => ["/api/integrations"] },

        new("GET /api/conversations", _ => "/api/conversations"),
        new("POST /api/conversations", _ => "/api/conversations", _ => new { title = "Another" }) { Creates = true, SeenBy = _ => ["/api/conversations"] },
        new("GET /api/conversations/{id:guid}", w => $"/api/conversations/{w.Conversation}") { Audience = Audience.OwnerAlone },
        new("PATCH /api/conversations/{id:guid}", w => $"/api/conversations/{w.Conversation}", _ => new { title = "Other" })
            { Audience = Audience.OwnerAlone, SeenBy = w => [$"/api/conversations/{w.Conversation}", "/api/conversations"] },
        new("GET /api/conversations/{id:guid}/messages", w => $"/api/conversations/{w.Conversation}/messages") { Audience = Audience.OwnerAlone },

        // A key of it is tested with chat: its answer is a stream.
        new("POST /api/chat", _ => "/api/chat", w => new { conversationId = w.Conversation, message = "What do tomatoes want?" })
        {
            CacheControl = Never, Audience = Audience.OwnerAlone, IsNoResource = true,
            SeenBy = w => [$"/api/conversations/{w.Conversation}/messages", $"/api/conversations/{w.Conversation}", "/api/conversations"],
        },
        new("GET /api/chat/{messageId:guid}/events", w => $"/api/chat/{w.Answer}/events") { CacheControl = Never, Audience = Audience.OwnerAlone, IsNoResource = true },
        new("POST /api/chat/{messageId:guid}/stop", w => $"/api/chat/{w.Answer}/stop") { CacheControl = Never, Audience = Audience.OwnerAlone },

        new("DELETE /api/tasks/{id:guid}", w => $"/api/tasks/{w.Task}") { Audience = Audience.OwnerAlone, SeenBy = w => [$"/api/tasks/{w.Task}", "/api/tasks"] },
        new("DELETE /api/documents/{id:guid}", w => $"/api/documents/{w.Document}")
            { Audience = Audience.Members, SeenBy = w => [$"/api/documents/{w.Document}", "/api/documents", $"/api/documents/{w.Document}/content"] },
        new("DELETE /api/pages/{id:guid}", w => $"/api/pages/{w.Page}")
            { Audience = Audience.Members, SeenBy = w => [$"/api/pages/{w.Page}", "/api/pages", $"/api/pages/{w.Page}/versions/1"] },
        new("DELETE /api/meetings/{id:guid}", w => $"/api/meetings/{w.Meeting}") { Audience = Audience.OwnerAlone, SeenBy = w => [$"/api/meetings/{w.Meeting}", "/api/meetings"] },
        new("DELETE /api/conversations/{id:guid}", w => $"/api/conversations/{w.Conversation}")
            { Audience = Audience.OwnerAlone, SeenBy = w => [$"/api/conversations/{w.Conversation}", "/api/conversations"] },
        new("DELETE /api/areas/{id:guid}", w => $"/api/areas/{w.Area}")
            { Audience = Audience.Members, SeenBy = w => [$"/api/areas/{w.Area}", $"/api/spaces/{w.Space}/areas", $"/api/documents/{w.Image}", "/api/documents"] },
        new("DELETE /api/spaces/{id:guid}", w => $"/api/spaces/{w.Space}")
            { Audience = Audience.Members, SeenBy = w => [$"/api/spaces/{w.Space}", "/api/spaces", $"/api/spaces/{w.Space}/areas"] },
    ];

    public static IEnumerable<ApiEndpoint> Behind(Audience audience) => All.Where(endpoint => endpoint.Audience == audience);

    private static object Meeting(string title) =>
        new { title, startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z", location = "l", notes = "n", attendees = new[] { "a" } };
}
