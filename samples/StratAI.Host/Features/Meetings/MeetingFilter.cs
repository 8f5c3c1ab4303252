using StratAI.Host.Errors;

namespace StratAI.Host.Features.Meetings;

/// <summary>The filters of <c>GET /api/meetings</c>: what takes place, even in part, from <c>from</c> until <c>to</c>.</summary>
internal sealed record MeetingFilter(DateTimeOffset? From, DateTimeOffset? To)
{
    public Problem? Check() => From >= To ? Problem.Validation("to", "The end of the range is not after its start.") : null;

    public string Where() => string.Join(" AND ", new[]
    {
        "m.user_id = @userId",
        To is null ? null : "m.starts_at < @To",
        From is null ? null : "m.ends_at > @From",
    }.OfType<string>());

    // PostgreSQL takes times in UTC only.
    public object Parameters(string userId) => new { userId, From = From?.ToUniversalTime(), To = To?.ToUniversalTime() };

    public override string ToString() => $"{From?.ToUniversalTime():O}\n{To?.ToUniversalTime():O}";
}
