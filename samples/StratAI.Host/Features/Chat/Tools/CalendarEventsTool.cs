using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using StratAI.Host.Features.Integrations;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

internal sealed record CalendarEventsArguments : IRequestBody
{
    [Required, Description("The start of the time to look at.")]
    public DateTimeOffset? From { get; init; }

    [Required, Description("Its end, at most 366 days later.")]
    public DateTimeOffset? To { get; init; }
}

internal sealed class CalendarEventsTool(CalendarService calendar, ToolResults results) : ReadingTool<CalendarEventsArguments>(results)
{
    private const int Limit = 50;

    public override string Name => "calendar_events";

    public override string Description => "Lists the events of the calendar that the user has connected. Times are UTC.";

    protected override ValueTask<IEnumerable<string>> TagsAsync(string userId, CancellationToken cancellation) => new([ToolResults.TagOf(userId, ToolSubject.Calendar)]);

    protected override async Task<ToolResult> ReadAsync(string userId, CalendarEventsArguments arguments, CancellationToken cancellation)
    {
        var filter = new EventFilter(arguments.From, arguments.To);
        if (filter.Check() is { } bad)
        {
            return ToolResult.Failure(bad);
        }

        var (events, problem) = await calendar.EventsAsync(userId, filter.From!.Value, filter.To!.Value, cancellation);
        return problem is not null
            ? ToolResult.Failure(problem)
            : ToolResult.List(events!.OrderBy(item => item.StartsAt).Select(item => item with { Title = ToolResult.Shorten(item.Title), Location = Shorten(item.Location) }), Limit);

        static string? Shorten(string? text) => text is null ? null : ToolResult.Shorten(text);
    }
}
