using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using StratAI.Pagination;

namespace StratAI.Benchmarks.Host;

/// <summary>A task as the reference host answers it, declared once more for the peers.</summary>
internal sealed record TaskItem(
    Guid Id, string Title, string Notes, string Status, int Priority, DateOnly? DueDate, Guid? AreaId, DateTimeOffset? CompletedAt, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public const string Columns = "t.id, t.title, t.notes, t.status, t.priority, t.due_date, t.area_id, t.completed_at, t.created_at, t.updated_at";

    public static PageOrder<TaskItem> Order { get; } = PageOrder<TaskItem>.Create(order => order
        .Key("createdAt", task => task.CreatedAt, "t.created_at").TieBreaker("id", task => task.Id, "t.id").Default("-createdAt"));

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new TimeConverter() } };

    public static TaskItem Read(DbDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetInt32(4),
        reader.IsDBNull(5) ? null : reader.GetFieldValue<DateOnly>(5),
        reader.IsDBNull(6) ? null : reader.GetGuid(6),
        reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
        reader.GetFieldValue<DateTimeOffset>(8),
        reader.GetFieldValue<DateTimeOffset>(9));

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
    }
}
