using System.ComponentModel;
using StratAI.Host.Database;
using StratAI.Host.Features.Meetings;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

internal sealed record ListMeetingsArguments : IRequestBody
{
    [Description("Only meetings that end after this time; left out, those of today and later.")]
    public DateTimeOffset? From { get; init; }

    [Description("Only meetings that start before this time.")]
    public DateTimeOffset? To { get; init; }
}

internal sealed class ListMeetingsTool(AppDatabase database, ToolResults results, TimeProvider time) : ReadingTool<ListMeetingsArguments>(results)
{
    private const int Limit = 50;

    public override string Name => "list_meetings";

    public override string Description => "Lists the meetings that the user has written down here, in the order of their starts. Times are UTC.";

    protected override ValueTask<IEnumerable<string>> TagsAsync(string userId, CancellationToken cancellation) => new([ToolResults.TagOf(userId, ToolSubject.Meetings)]);

    protected override async Task<ToolResult> ReadAsync(string userId, ListMeetingsArguments arguments, CancellationToken cancellation)
    {
        var filter = new MeetingFilter(arguments.From ?? time.GetUtcNow().UtcDateTime.Date, arguments.To);
        if (filter.Check() is { } problem)
        {
            return ToolResult.Failure(problem);
        }

        var meetings = await database.QueryAsync<MeetingResource>(
            $"SELECT {MeetingResource.Columns} FROM meetings m WHERE {filter.Where()} ORDER BY m.starts_at, m.id LIMIT {Limit + 1}",
            filter.Parameters(userId),
            cancellation);
        return ToolResult.List(
            meetings.Select(meeting => new
            {
                meeting.Id, meeting.Title, meeting.StartsAt, meeting.EndsAt, meeting.Location, Notes = ToolResult.Shorten(meeting.Notes), Attendees = meeting.Attendees.Take(20),
            }),
            Limit);
    }
}
