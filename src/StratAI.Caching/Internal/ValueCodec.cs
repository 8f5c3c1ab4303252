using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Internal;

/// <summary>How values of one type become bytes and back, and whether one instance may be handed to several callers.</summary>
internal sealed class ValueCodec<T>(IHybridCacheSerializer<T>? serializer, long maximumBytes, ILogger logger)
{
    /// <summary>
    /// Immutable types are shared: value types without references, strings and the like, and sealed types marked
    /// <c>[ImmutableObject(true)]</c>. Everything else is deserialised afresh for each caller.
    /// </summary>
    public static readonly bool IsShareable = IsImmutable(typeof(T));

    private int _reported;

    /// <summary>False, after a log line, for a value that cannot be cached: its type has no serialiser, it fails, or it is too large.</summary>
    public bool TryEncode(T value, string[] tags, [NotNullWhen(true)] out Content? content)
    {
        content = null;
        if (value is null)
        {
            content = new(default, IsNull: true, tags);
            return true;
        }

        if (serializer is null)
        {
            return Report(null);
        }

        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            serializer.Serialize(value, buffer);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Report(error);
        }

        if (buffer.WrittenCount > maximumBytes)
        {
            logger.PayloadTooLarge(buffer.WrittenCount, maximumBytes);
            return false;
        }

        content = new(buffer.WrittenSpan.ToArray(), IsNull: false, tags);
        return true;
    }

    /// <summary>False for bytes that are not a <typeparamref name="T"/>: they count as a miss.</summary>
    public bool TryDecode(Content content, out T value)
    {
        value = default!;
        if (content.IsNull || serializer is null)
        {
            return content.IsNull && default(T) is null;
        }

        try
        {
            value = serializer.Deserialize(new ReadOnlySequence<byte>(content.Body));
            return value is not null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Report(error);
        }
    }

    private bool Report(Exception? error)
    {
        // Once per type: a type that cannot be serialised fails on every call.
        if (Interlocked.Exchange(ref _reported, 1) == 0)
        {
            logger.TypeNotSerializable(error, typeof(T));
        }

        return false;
    }

    private static bool IsImmutable(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(Uri) || type == typeof(Version)
            || !RuntimeHelpers.IsReferenceOrContainsReferences<T>()
            || ((type.IsSealed || type.IsValueType) && type.GetCustomAttribute<ImmutableObjectAttribute>() is { Immutable: true });
    }
}
