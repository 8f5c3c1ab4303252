using System.Security.Cryptography;
using System.Text;

namespace StratAI.Pagination.Internal;

/// <summary>
/// The readable content of a version 1 cursor: one byte of travel, 16 bytes of binding, then per key of the order one byte, 0 for null or
/// 1, and the value. Values carry no type: the binding fixes the order, and the order their kinds.
/// </summary>
internal static class CursorCodec
{
    public const int BindingLength = 16;

    /// <summary>
    /// A hash of everything that a cursor is bound to; the same in every process. The SQL is in it: under another expression the position
    /// means nothing.
    /// </summary>
    public static byte[] Bind<T>(ReadOnlySpan<OrderedKey<T>> keys, PageScope scope)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8))
        {
            // BinaryWriter puts its length before each string, so no two scopes flow into the same bytes.
            writer.Write(scope.Endpoint);
            writer.Write(scope.Owner);
            writer.Write(scope.Filters);
            foreach (var (key, descending) in keys)
            {
                writer.Write(key.Name);
                writer.Write(key.Sql);
                writer.Write((byte)key.Kind);
                writer.Write(key.IsNullable);
                writer.Write(descending);
            }

            writer.Flush();
            return SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length))[..BindingLength];
        }
    }

    public static byte[] Write(CursorPosition position, ReadOnlySpan<byte> binding)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8))
        {
            writer.Write((byte)position.Travel);
            writer.Write(binding);
            foreach (var value in position.Values)
            {
                writer.Write(value is not null);
                WriteValue(writer, value);
            }
        }

        return content.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote, and refuses anything else.</summary>
    public static PageError? TryRead<T>(
        ReadOnlySpan<byte> content, ReadOnlySpan<byte> binding, ReadOnlySpan<OrderedKey<T>> keys, out CursorPosition? position)
    {
        position = null;
        var reader = new CursorReader(content);
        if (!reader.TryReadByte(out var travel) || travel is < (byte)Travel.After or > (byte)Travel.AtOrBefore
            || !reader.TryReadBytes(BindingLength, out var bound))
        {
            return PageErrors.CursorMalformed;
        }

        if (!bound.SequenceEqual(binding))
        {
            return PageErrors.CursorMismatch;
        }

        var values = new object?[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (!reader.TryReadByte(out var present) || present > 1 || (present == 0 && !keys[i].Key.IsNullable)
                || (present == 1 && !reader.TryReadValue(keys[i].Key.Kind, out values[i])))
            {
                return PageErrors.CursorMalformed;
            }
        }

        if (!reader.IsAtEnd)
        {
            return PageErrors.CursorMalformed;
        }

        position = new((Travel)travel, values);
        return null;
    }

    private static void WriteValue(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case long number:
                writer.Write(number);
                break;
            case double number:
                writer.Write(number);
                break;
            case decimal number:
                writer.Write(number);
                break;
            case bool flag:
                writer.Write(flag);
                break;
            case string text:
                writer.Write(text);
                break;
            case Guid id:
                writer.Write(id.ToByteArray());
                break;
            case DateTime time:
                writer.Write(time.Kind == DateTimeKind.Utc);
                writer.Write(time.Ticks);
                break;
            case DateTimeOffset instant:
                writer.Write(instant.UtcTicks);
                break;
            case DateOnly date:
                writer.Write(date.DayNumber);
                break;
            default:
                throw new InvalidOperationException($"A cursor cannot hold a {value.GetType().Name}.");
        }
    }
}
