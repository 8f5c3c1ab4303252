using System.Runtime.CompilerServices;

namespace StratAI.Pagination.Internal;

/// <summary>
/// The readable content of a version 1 cursor: one byte of travel, eight of binding, then the value of each key, after a byte 0 or 1 where it
/// may be null. Values carry no type: the binding fixes the order, and the order their kinds.
/// </summary>
internal static class CursorCodec
{
    [SkipLocalsInit]
    public static string Encode<T>(OrderedKey<T>[] keys, ulong binding, T row, Travel travel, ICursorProtector protector)
    {
        var writer = new CursorWriter(stackalloc byte[AesCursorProtector.MaximumContent]);
        writer.Write((byte)travel);
        writer.Write((long)binding);
        foreach (var key in keys)
        {
            key.Key.Write(row, ref writer);
        }

        return protector.Protect(writer.Written);
    }

    [SkipLocalsInit]
    public static string Encode<T>(OrderedKey<T>[] keys, ulong binding, CursorPosition position, ICursorProtector protector)
    {
        var writer = new CursorWriter(stackalloc byte[AesCursorProtector.MaximumContent]);
        writer.Write((byte)position.Travel);
        writer.Write((long)binding);
        for (var i = 0; i < keys.Length; i++)
        {
            writer.Write(position.Values[i], keys[i].Key.IsNullable);
        }

        return protector.Protect(writer.Written);
    }

    /// <summary>Reads what <see cref="Encode{T}(OrderedKey{T}[], ulong, T, Travel, ICursorProtector)"/> made, and refuses anything else.</summary>
    [SkipLocalsInit]
    public static PageError? TryDecode<T>(
        string cursor, OrderedKey<T>[] keys, ulong binding, ICursorProtector protector, out CursorPosition position)
    {
        position = default;
        return protector.TryUnprotect(cursor, stackalloc byte[CursorFormat.MaximumBytes], out var content)
            ?? TryRead(content, keys, binding, out position);
    }

    public static PageError? TryRead<T>(ReadOnlySpan<byte> content, OrderedKey<T>[] keys, ulong binding, out CursorPosition position)
    {
        position = default;
        var reader = new CursorReader(content);
        if (!reader.TryReadByte(out var travel) || travel is < (byte)Travel.After or > (byte)Travel.AtOrBefore
            || !reader.TryReadUInt64(out var bound))
        {
            return PageErrors.CursorMalformed;
        }

        if (bound != binding)
        {
            return PageErrors.CursorMismatch;
        }

        var values = new object?[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (!reader.TryReadValue(keys[i].Key.Kind, keys[i].Key.IsNullable, out values[i]))
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
}
