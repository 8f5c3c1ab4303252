using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class MeetingTests(HostFixture host)
{
    [Fact]
    public async Task A_meeting_is_made_read_changed_and_deleted()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var created = await user.PostAsync("/api/meetings", new
        {
            title = "Planting", startsAt = "2026-12-01T10:00:00+02:00", endsAt = "2026-12-01T09:30:00.1234567Z", location = "Garden", attendees = new[] { "Ada", "Grace" },
        });
        var path = $"/api/meetings/{created.Id}";
        Assert.Equal("2026-12-01T08:00:00.000000Z", created.Body!["startsAt"]!.GetValue<string>());
        Assert.Equal("2026-12-01T09:30:00.123456Z", created.Body["endsAt"]!.GetValue<string>());
        await Verifier.Verify(new
        {
            created = scrubber.Show(created),
            read = scrubber.Show(await user.GetAsync(path)),
            notModified = scrubber.Show(await user.GetAsync(path, ("If-None-Match", created.ETag))),
            list = scrubber.Show(await user.GetAsync("/api/meetings")),
            changed = scrubber.Show(await user.PatchAsync(path, new { notes = "Bring seeds", attendees = new[] { "Grace" }, endsAt = "2026-12-01T10:00:00Z" })),
            changedMeanwhile = scrubber.Show(await user.PatchAsync(path, new { title = "Lost update" }, ("If-Match", created.ETag))),
            deletedMeanwhile = scrubber.Show(await user.DeleteAsync(path, ("If-Match", created.ETag))),
            deleted = scrubber.Show(await user.DeleteAsync(path)),
            gone = scrubber.Show(await user.GetAsync(path)),
        });
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_refused_by_field()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var kept = await user.PostAsync("/api/meetings", Meeting("Kept", "10:00", "11:00"));
        var path = $"/api/meetings/{kept.Id}";
        await Verifier.Verify(new
        {
            nothing = scrubber.Show(await user.PostAsync("/api/meetings", new { })),
            tooLong = scrubber.Show(await user.PostAsync("/api/meetings", new
            {
                title = new string('x', 201), startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z", location = new string('x', 501), notes = new string('x', 10_001),
                attendees = Enumerable.Repeat("x", 101),
            })),
            endsFirst = scrubber.Show(await user.PostAsync("/api/meetings", Meeting("x", "11:00", "10:00"))),
            takesNoTime = scrubber.Show(await user.PostAsync("/api/meetings", Meeting("x", "10:00", "10:00"))),
            takesNanoseconds = scrubber.Show(await user.PostAsync("/api/meetings", new { title = "x", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T10:00:00.0000009Z" })),
            noTime = scrubber.Show(await user.PostAsync("/api/meetings", new { title = "x", startsAt = "tomorrow", endsAt = "2026-12-01T11:00:00Z" })),
            beforeTime = scrubber.Show(await user.PostAsync("/api/meetings", new { title = "x", startsAt = "0001-01-01T00:00:00+05:00", endsAt = "2026-12-01T11:00:00Z" })),
            attendees = scrubber.Show(await user.PostAsync("/api/meetings", new
            {
                title = "x", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z", attendees = new[] { "Ada", "", null, new string('x', 201) },
            })),
            unknownArea = scrubber.Show(await user.PostAsync("/api/meetings", new { title = "x", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z", areaId = Guid.Empty })),
            patchedEnd = scrubber.Show(await user.PatchAsync(path, new { endsAt = "2026-12-01T09:00:00Z" })),
            patchedNull = scrubber.Show(await user.PatchAsync(path, new { startsAt = (string?)null })),
            patchedArea = scrubber.Show(await user.PatchAsync(path, new { areaId = Guid.Empty })),
            patchedUnknown = scrubber.Show(await user.PatchAsync(path, new { where = "x" })),
            badFrom = scrubber.Show(await user.GetAsync("/api/meetings?from=tomorrow")),
            badRange = scrubber.Show(await user.GetAsync("/api/meetings?from=2026-12-01T10:00:00Z&to=2026-12-01T10:00:00Z")),
            badSort = scrubber.Show(await user.GetAsync("/api/meetings?sort=endsAt")),
        });
        Assert.Equal(kept.Text, (await user.GetAsync(path)).Text);
        Assert.Equal(["Kept"], await TitlesAsync(user, ""));
    }

    [Fact]
    public async Task Lists_hold_what_overlaps_the_time_asked_for()
    {
        var user = await host.NewUserAsync();
        foreach (var (title, start, end) in new[] { ("Noon", "12:00", "13:00"), ("Early", "08:00", "10:00"), ("All day", "00:00", "23:59"), ("Late", "10:00", "11:00") })
        {
            await user.CreateAsync("/api/meetings", Meeting(title, start, end));
        }

        Assert.Equal(["All day", "Early", "Late", "Noon"], await TitlesAsync(user, ""));
        Assert.Equal(["Noon", "Late", "Early", "All day"], await TitlesAsync(user, "sort=-startsAt"));
        Assert.Equal(["Noon", "Early", "All day", "Late"], await TitlesAsync(user, "sort=createdAt"));
        Assert.Equal(["All day", "Early", "Late", "Noon"], await TitlesAsync(user, "sort=title"));
        // A meeting is until it ends, and the range until its end: what only touches does not overlap.
        Assert.Equal(["All day", "Late"], await TitlesAsync(user, $"from={At("10:00")}&to={At("12:00")}"));
        Assert.Equal(["All day", "Late", "Noon"], await TitlesAsync(user, $"from={At("10:00")}"));
        Assert.Equal(["All day", "Early"], await TitlesAsync(user, $"to={At("10:00")}"));
        Assert.Equal(["All day", "Early", "Late"], await TitlesAsync(user, $"from={At("09:59")}&to={At("10:01")}"));
        Assert.Equal(["All day", "Late"], await TitlesAsync(user, $"from={Uri.EscapeDataString("2026-12-01T12:00:00+02:00")}&to={Uri.EscapeDataString("2026-12-01T14:00:00+02:00")}"));

        var cursor = (await user.GetAsync($"/api/meetings?limit=1&from={At("10:00")}")).Body!["pagination"]!["nextCursor"]!.GetValue<string>();
        Assert.Equal(["Late", "Noon"], await TitlesAsync(user, $"from={At("10:00")}&cursor={cursor}"));
        Assert.Equal(["Late", "Noon"], await TitlesAsync(user, $"from={Uri.EscapeDataString("2026-12-01T11:00:00+01:00")}&cursor={cursor}"));
        Assert.Equal("cursor-mismatch", (await user.GetAsync($"/api/meetings?from={At("09:00")}&cursor={cursor}")).Code);
        Assert.Empty(await TitlesAsync(await host.NewUserAsync("other"), ""));
    }

    [Fact]
    public async Task A_meeting_is_in_an_area_its_user_sees_and_outlives_it()
    {
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync("other"));
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        await user.PutAsync($"/api/spaces/{space}/members/{other.User}", new { role = "viewer" });
        var meeting = await other.PostAsync("/api/meetings", new { title = "x", startsAt = At("10:00"), endsAt = At("11:00"), areaId = area });
        Assert.Equal((201, area), (meeting.Status, meeting.Body!["areaId"]!.GetValue<Guid>()));
        Assert.Equal(404, (await user.GetAsync($"/api/meetings/{meeting.Id}")).Status);

        await user.DeleteAsync($"/api/areas/{area}");
        Assert.Null((await other.GetAsync($"/api/meetings/{meeting.Id}")).Body!["areaId"]);
    }

    [Fact]
    public async Task The_same_idempotency_key_makes_one_meeting()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var key = ("Idempotency-Key", "meeting-1");
        var first = await user.PostAsync("/api/meetings", Meeting("Once", "10:00", "11:00"), key);
        var again = await elsewhere.PostAsync("/api/meetings", Meeting("Once", "10:00", "11:00"), key);
        Assert.Equal((201, first.Text, "true"), (again.Status, again.Text, again.Headers["Idempotency-Replayed"]));
        Assert.Equal(["Once"], await TitlesAsync(user, ""));
    }

    private static object Meeting(string title, string start, string end) => new { title, startsAt = At(start), endsAt = At(end) };

    private static string At(string time) => $"2026-12-01T{time}:00Z";

    private static async Task<string[]> TitlesAsync(ApiClient user, string query) =>
        [.. (await user.GetAsync($"/api/meetings?{query}")).Body!["data"]!.AsArray().Select(meeting => meeting!["title"]!.GetValue<string>())];

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : MeetingTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : MeetingTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : MeetingTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : MeetingTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : MeetingTests(host);
}
