using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Meetings;

internal sealed record MeetingBody : IRequestBody, IValidatableObject
{
    private const int MaximumAttendeeLength = 200;

    [StringLength(200, MinimumLength = 1)]
    public string Title { get; init; } = "";

    [Required(ErrorMessage = "A meeting has a start.")]
    public DateTimeOffset? StartsAt { get; init; }

    [Required(ErrorMessage = "A meeting has an end.")]
    public DateTimeOffset? EndsAt { get; init; }

    [StringLength(500)]
    public string Location { get; init; } = "";

    [StringLength(10_000)]
    public string Notes { get; init; } = "";

    /// <summary>Names or addresses, of 1 to 200 characters each.</summary>
    [Length(0, 100)]
    public IReadOnlyList<string> Attendees { get; init; } = [];

    public Guid? AreaId { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // As they are stored: a nanosecond does not make it later.
        if (EndsAt!.Value.ToMicroseconds() <= StartsAt!.Value.ToMicroseconds())
        {
            yield return new("The meeting does not end after it starts.", [nameof(EndsAt)]);
        }

        for (var i = 0; i < Attendees.Count; i++)
        {
            if (Attendees[i] is not { Length: > 0 and <= MaximumAttendeeLength })
            {
                yield return new($"An attendee has 1 to {MaximumAttendeeLength} characters.", [$"{nameof(Attendees)}[{i}]"]);
            }
        }
    }
}

internal sealed record MeetingResource
{
    public const string Columns =
        "m.id, m.title, m.starts_at, m.ends_at, m.location, m.notes, m.attendees AS attendees_text, m.area_id, m.created_at, m.updated_at";

    public static readonly PageOrder<MeetingResource> Order = PageOrder<MeetingResource>.Create(order => order
        .Key("startsAt", meeting => meeting.StartsAt, "m.starts_at")
        .Key("createdAt", meeting => meeting.CreatedAt, "m.created_at")
        .Key("title", meeting => meeting.Title, "m.title", collation: TextCollation.Binary)
        .TieBreaker("id", meeting => meeting.Id, "m.id")
        .Default("startsAt"));

    public Guid Id { get; init; }

    public string Title { get; init; } = "";

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public string Location { get; init; } = "";

    public string Notes { get; init; } = "";

    public IReadOnlyList<string> Attendees => JsonSerializer.Deserialize<string[]>(AttendeesText, ApiJson.Options)!;

    public Guid? AreaId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public string AttendeesText { get; init; } = "[]";

    public static MeetingResource Create(MeetingBody body, TimeProvider time)
    {
        var now = time.Now();
        return new MeetingResource { Id = time.NewId(), CreatedAt = now }.With(body, now);
    }

    /// <summary>The meeting with the writable part, which has been checked, replaced.</summary>
    public MeetingResource With(MeetingBody body, DateTimeOffset now) => this with
    {
        Title = body.Title,
        StartsAt = body.StartsAt!.Value.ToMicroseconds(),
        EndsAt = body.EndsAt!.Value.ToMicroseconds(),
        Location = body.Location,
        Notes = body.Notes,
        AttendeesText = JsonSerializer.Serialize(body.Attendees, ApiJson.Options),
        AreaId = body.AreaId,
        UpdatedAt = now,
    };

    public MeetingBody ToBody() => new()
    {
        Title = Title, StartsAt = StartsAt, EndsAt = EndsAt, Location = Location, Notes = Notes, Attendees = Attendees, AreaId = AreaId,
    };
}
