using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratAI.Pagination;

/// <summary>
/// The wire form of <see cref="PageInfo"/>. Offset mode: <c>offset, limit, [total, [totalPrecision]], hasMore, nextCursor</c>. Cursor mode:
/// <c>limit, [total, [totalPrecision]], hasMore, nextCursor, prevCursor</c>. Cursors are written when null; <c>total</c> only when a count
/// was made, <c>totalPrecision</c> only when it is not exact. Names do not follow a naming policy: clients hold on to them.
/// </summary>
/// <remarks>Public because a source-generated <see cref="JsonSerializerContext"/> of another assembly constructs it.</remarks>
public sealed class PageInfoJsonConverter : JsonConverter<PageInfo>
{
    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, PageInfo value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        if (value.Offset is { } offset)
        {
            writer.WriteNumber("offset"u8, offset);
        }

        writer.WriteNumber("limit"u8, value.Limit);
        if (value.Total is { } total)
        {
            writer.WriteNumber("total"u8, total);
            if (value.Precision != TotalPrecision.Exact)
            {
                writer.WriteString("totalPrecision"u8, value.Precision == TotalPrecision.AtLeast ? "atLeast"u8 : "estimated"u8);
            }
        }

        writer.WriteBoolean("hasMore"u8, value.HasMore);
        writer.WriteString("nextCursor"u8, value.NextCursor);
        if (value.Offset is null)
        {
            writer.WriteString("prevCursor"u8, value.PrevCursor);
        }

        writer.WriteEndObject();
    }

    /// <inheritdoc />
    public override PageInfo Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Pagination is an object.");
        }

        int? limit = null;
        bool? hasMore = null;
        var info = new PageInfo { Limit = 0, HasMore = false };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "offset":
                    info = info with { Offset = reader.GetInt32() };
                    break;
                case "limit":
                    limit = reader.GetInt32();
                    break;
                case "total":
                    info = info with { Total = reader.GetInt64() };
                    break;
                case "totalPrecision":
                    info = info with { Precision = ReadPrecision(reader.GetString()) };
                    break;
                case "hasMore":
                    hasMore = reader.GetBoolean();
                    break;
                case "nextCursor":
                    info = info with { NextCursor = reader.GetString() };
                    break;
                case "prevCursor":
                    info = info with { PrevCursor = reader.GetString() };
                    break;
                default:
                    // A later version's member.
                    reader.Skip();
                    break;
            }
        }

        return info with
        {
            Limit = limit ?? throw new JsonException("Pagination has no 'limit'."),
            HasMore = hasMore ?? throw new JsonException("Pagination has no 'hasMore'."),
        };
    }

    private static TotalPrecision ReadPrecision(string? text) => text switch
    {
        "exact" => TotalPrecision.Exact,
        "estimated" => TotalPrecision.Estimated,
        "atLeast" => TotalPrecision.AtLeast,
        _ => throw new JsonException("'totalPrecision' is exact, estimated or atLeast."),
    };
}
