using System.Buffers.Binary;
using System.Text;

namespace StratAI.Pagination.Internal;

/// <summary>Reads the values that <see cref="CursorCodec"/> wrote. Every read is bounded and none throws, whatever the bytes.</summary>
internal ref struct CursorReader(ReadOnlySpan<byte> content)
{
    private const int DecimalLength = 16;
    private const int GuidLength = 16;

    private ReadOnlySpan<byte> _rest = content;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        var read = TryReadBytes(1, out var bytes);
        value = read ? bytes[0] : (byte)0;
        return read;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        if (count > _rest.Length)
        {
            bytes = default;
            return false;
        }

        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    public bool TryReadValue(KeyKind kind, out object? value)
    {
        value = kind switch
        {
            KeyKind.Integer when TryReadInt64(out var number) => number,
            KeyKind.Double when TryReadInt64(out var bits) => BitConverter.Int64BitsToDouble(bits),
            KeyKind.Decimal => ReadDecimal(),
            KeyKind.Boolean when TryReadByte(out var flag) && flag <= 1 => flag == 1,
            KeyKind.Text => ReadText(),
            KeyKind.Guid when TryReadBytes(GuidLength, out var bytes) => new Guid(bytes),
            KeyKind.DateTime => ReadDateTime(),
            KeyKind.DateTimeOffset when TryReadTicks(out var ticks) => new DateTimeOffset(ticks, TimeSpan.Zero),
            KeyKind.DateOnly => ReadDate(),
            _ => null,
        };
        return value is not null;
    }

    private bool TryReadInt64(out long value)
    {
        var read = TryReadBytes(sizeof(long), out var bytes);
        value = read ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;
        return read;
    }

    private bool TryReadTicks(out long ticks) => TryReadInt64(out ticks) && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;

    private DateTime? ReadDateTime() =>
        TryReadByte(out var utc) && utc <= 1 && TryReadTicks(out var ticks)
            ? new DateTime(ticks, utc == 1 ? DateTimeKind.Utc : DateTimeKind.Unspecified)
            : null;

    private DateOnly? ReadDate() =>
        TryReadBytes(sizeof(int), out var bytes)
        && BinaryPrimitives.ReadInt32LittleEndian(bytes) is >= 0 and var day
        && day <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber(day)
            : null;

    private decimal? ReadDecimal()
    {
        if (!TryReadBytes(DecimalLength, out var bytes))
        {
            return null;
        }

        Span<int> parts = stackalloc int[DecimalLength / sizeof(int)];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        }

        // The last part is the sign bit and, in its third byte, a scale of at most 28; decimal's constructor throws for any other.
        return (parts[3] & ~unchecked((int)0x80FF0000)) == 0 && ((parts[3] >> 16) & 0xFF) <= 28 ? new decimal(parts) : null;
    }

    private string? ReadText()
    {
        uint length = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            if (!TryReadByte(out var part))
            {
                return null;
            }

            length |= (uint)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return length <= _rest.Length && TryReadBytes((int)length, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
            }
        }

        return null;
    }
}
