using System.Buffers.Binary;
using System.Text;

namespace StratAI.Pagination.Internal;

/// <summary>Reads what <see cref="CursorWriter"/> wrote. Every read is bounded and none throws, whatever the bytes.</summary>
internal ref struct CursorReader(ReadOnlySpan<byte> content)
{
    public const int DecimalLength = 16;
    public const int GuidLength = 16;
    public const int KindShift = 62;

    private ReadOnlySpan<byte> _rest = content;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        var read = TryReadBytes(1, out var bytes);
        value = read ? bytes[0] : (byte)0;
        return read;
    }

    public bool TryReadUInt64(out ulong value)
    {
        var read = TryReadInt64(out var number);
        value = (ulong)number;
        return read;
    }

    /// <summary>Reads a key's value, or that it has none where it may.</summary>
    public bool TryReadValue(KeyKind kind, bool nullable, out object? value)
    {
        value = null;
        if (nullable)
        {
            if (!TryReadByte(out var present) || present > 1)
            {
                return false;
            }

            if (present == 0)
            {
                return true;
            }
        }

        value = kind switch
        {
            KeyKind.Integer when TryReadInt64(out var number) => number,
            KeyKind.Double when TryReadInt64(out var bits) => BitConverter.Int64BitsToDouble(bits),
            KeyKind.Decimal => ReadDecimal(),
            KeyKind.Boolean when TryReadByte(out var flag) && flag <= 1 => flag == 1,
            KeyKind.Text => ReadText(),
            KeyKind.Guid when TryReadBytes(GuidLength, out var bytes) => new Guid(bytes),
            KeyKind.DateTime => ReadDateTime(),
            KeyKind.DateTimeOffset when TryReadInt64(DateTime.MaxValue.Ticks, out var ticks) => new DateTimeOffset(ticks, TimeSpan.Zero),
            KeyKind.DateOnly when TryReadInt64(DateOnly.MaxValue.DayNumber, out var day) => DateOnly.FromDayNumber((int)day),
            KeyKind.TimeOnly when TryReadInt64(TimeOnly.MaxValue.Ticks, out var ticks) => new TimeOnly(ticks),
            _ => null,
        };
        return value is not null;
    }

    private bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
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

    private bool TryReadInt64(out long value)
    {
        var read = TryReadBytes(sizeof(long), out var bytes);
        value = read ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;
        return read;
    }

    private bool TryReadInt64(long maximum, out long value) => TryReadInt64(out value) && value >= 0 && value <= maximum;

    private DateTime? ReadDateTime()
    {
        if (!TryReadInt64(out var value))
        {
            return null;
        }

        var (kind, ticks) = ((DateTimeKind)((ulong)value >> KindShift), value & ((1L << KindShift) - 1));
        return kind <= DateTimeKind.Utc && ticks <= DateTime.MaxValue.Ticks ? new DateTime(ticks, kind) : null;
    }

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

    private string? ReadText() =>
        TryReadInt64(_rest.Length, out var length) && TryReadBytes((int)length, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
