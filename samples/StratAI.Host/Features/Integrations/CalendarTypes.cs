using StratAI.Host.Errors;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Integrations;

/// <summary>What of a calendar is asked for: from <c>from</c> until <c>to</c>, at most 366 days.</summary>
internal sealed record EventFilter(DateTimeOffset? From, DateTimeOffset? To)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public Problem? Check() =>
        From is null ? Problem.Validation("from", "The range has a start.")
        : To is null ? Problem.Validation("to", "The range has an end.")
        : From >= To ? Problem.Validation("to", "The end of the range is not after its start.")
        : To - From > Longest ? Problem.Validation("to", "The range has at most 366 days.")
        : null;

    public override string ToString() => $"{From?.ToUniversalTime():O}\n{To?.ToUniversalTime():O}";
}

internal sealed record CalendarEvent
{
    public static readonly PageOrder<CalendarEvent> Order = PageOrder<CalendarEvent>.Create(order => order
        .Key("startsAt", item => item.StartsAt)
        .TieBreaker("id", item => item.Id, collation: TextCollation.Column)
        .Default("startsAt"));

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public string? Location { get; init; }

    public CalendarEvent Normalised() => this with { StartsAt = StartsAt.ToUniversalTime().ToMicroseconds(), EndsAt = EndsAt.ToUniversalTime().ToMicroseconds() };
}
