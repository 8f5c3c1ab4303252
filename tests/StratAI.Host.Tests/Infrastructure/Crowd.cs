using System.Text;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>So many of everything that there are many of, made by one user.</summary>
public sealed record Crowd(int Size, ApiClient Owner, World World, IReadOnlyList<Guid> Spaces, IReadOnlyList<Guid> Areas, IReadOnlyList<Guid> Documents)
{
    public static async Task<Crowd> CreateAsync(HostFixture host, int size)
    {
        var world = await World.CreateAsync(host);
        var owner = world.Owner;
        var (spaces, areas, documents) = (new List<Guid>(), new List<Guid>(), new List<Guid>());
        var game = GameOf(size);
        for (var n = 0; n < size; n++)
        {
            spaces.Add(await owner.CreateAsync("/api/spaces", new { name = $"Space {n}" }));
            areas.Add(await owner.CreateAsync($"/api/spaces/{world.Space}/areas", new { name = $"Area {n}" }));
            documents.Add((await owner.UploadAsync($"{n}.md", Encoding.UTF8.GetBytes($"Tomatoes {n}"), null, ("spaceId", $"{spaces[n]}"))).Id);
            await owner.UploadAsync($"in-area-{n}.md", Encoding.UTF8.GetBytes($"Tomatoes {n}"), null, ("areaId", $"{world.Area}"));
            await owner.UploadAsync($"in-space-{n}.md", Encoding.UTF8.GetBytes($"Tomatoes {n}"), null, ("spaceId", $"{world.Space}"));
            await owner.PutAsync($"/api/spaces/{world.Space}/members/member-{n}", new { role = "viewer" });
            await owner.CreateAsync("/api/tasks", new { title = $"Task {n}", areaId = areas[n] });
            await owner.CreateAsync("/api/pages", new { title = $"Page {n}", spaceId = spaces[n] });
            await owner.PatchAsync($"/api/pages/{world.Page}", new { title = $"Version {n}" }, ("If-Match", "*"));
            await owner.CreateAsync("/api/meetings", new { title = $"Meeting {n}", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z", areaId = areas[n] });
            await owner.CreateAsync("/api/conversations", new { title = $"Conversation {n}", spaceId = spaces[n] });
            await owner.ChatAsync(new { conversationId = world.Conversation, message = "What do tomatoes want?" });
            await owner.PostAsync("/api/games/scores", new { game, score = n });
        }

        return new(size, owner, world, spaces, areas, documents);
    }

    public static string GameOf(int size) => $"crowd-{size}";
}
