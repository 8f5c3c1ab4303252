using System.Buffers.Binary;
using System.Text;

namespace StratAI.Pagination.Internal;

/// <summary>Writes the content of a cursor into a buffer of the longest that a cursor can hold; <see cref="CursorReader"/> reads it.</summary>
internal ref struct CursorWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Write(byte value) => Next(1)[0] = value;

    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), value);

    public void Write(Guid value) => value.TryWriteBytes(Next(CursorReader.GuidLength));

    /// <summary>A time with its kind, UTC or unspecified, in the topmost bits.</summary>
    public void Write(DateTime value) => Write(value.Ticks | ((long)value.Kind << CursorReader.KindShift));

    /// <summary>A normalised value, after a byte that says whether there is one where there may be none.</summary>
    public void Write(object? value, bool nullable)
    {
        if (nullable)
        {
            Write(value is null ? (byte)0 : (byte)1);
        }

        switch (value)
        {
            case null:
                break;
            case long number:
                Write(number);
                break;
            case double number:
                Write(BitConverter.DoubleToInt64Bits(number));
                break;
            case decimal number:
                Write(number);
                break;
            case bool flag:
                Write(flag ? (byte)1 : (byte)0);
                break;
            case string text:
                Write(text);
                break;
            case Guid id:
                Write(id);
                break;
            case DateTime time:
                Write(time);
                break;
            case DateTimeOffset instant:
                Write(instant.UtcTicks);
                break;
            case DateOnly date:
                Write((long)date.DayNumber);
                break;
            case TimeOnly time:
                Write(time.Ticks);
                break;
            default:
                throw new InvalidOperationException($"A cursor cannot hold a {value.GetType().Name}.");
        }
    }

    private void Write(decimal value)
    {
        Span<int> parts = stackalloc int[CursorReader.DecimalLength / sizeof(int)];
        decimal.GetBits(value, parts);
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), part);
        }
    }

    private void Write(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Write((long)length);
        Encoding.UTF8.GetBytes(text, Next(length));
    }

    private Span<byte> Next(int count)
    {
        if (count > _buffer.Length - _length)
        {
            throw CursorFormat.TooLong();
        }

        var next = _buffer.Slice(_length, count);
        _length += count;
        return next;
    }
}
