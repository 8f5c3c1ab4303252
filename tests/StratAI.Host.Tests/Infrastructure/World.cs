using System.Text;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>One of everything, made by one user.</summary>
public sealed record World(ApiClient Owner, Guid Space, Guid Area, Guid Task, Guid Document, Guid Image, Guid Page, Guid Meeting, Guid Conversation, Guid Answer, CalendarAccount Calendar, Guid Upload)
{
    public static async Task<World> CreateAsync(HostFixture host) => await CreateAsync(host, await host.NewUserAsync("owner"));

    /// <summary>The same of a user whom no limit stops.</summary>
    public static async Task<World> CreateBusyAsync(HostFixture host) => await CreateAsync(host, await host.Host.SignInAsync(HostFixture.BusyUser));

    private static async Task<World> CreateAsync(HostFixture host, ApiClient owner)
    {
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        var task = await owner.CreateAsync("/api/tasks", new { title = "Water the plants" });
        var document = (await owner.UploadAsync("garden.md", Encoding.UTF8.GetBytes("# Garden\n\nTomatoes want water every day.\n"), "text/markdown", ("areaId", $"{area}"))).Id;
        var image = (await owner.UploadAsync("plan.png", Pictures.Png(40, 30), "image/png", ("areaId", $"{area}"))).Id;
        var page = await owner.CreateAsync("/api/pages", new { title = "Beds", areaId = area });
        var meeting = await owner.CreateAsync("/api/meetings", new { title = "Planting", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z" });
        var conversation = await owner.CreateAsync("/api/conversations", new { areaId = area });
        var chat = await owner.ChatAsync(new { conversationId = conversation, message = "What do tomatoes want?" });
        var note = "A note"u8.ToArray();
        var upload = await owner.BeginUploadAsync("note.txt", "text/plain", note);
        await owner.SendBytesAsync(upload, note);
        return new(owner, space, area, task, document, image, page, meeting, conversation, chat.AnswerId, host.Calendar.NewAccount(), upload.UploadId());
    }
}
