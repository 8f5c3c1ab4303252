using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Tests.Support;

/// <summary>A type that JSON loses: only <see cref="OpaqueSerializer"/> brings it back.</summary>
public sealed class Opaque(string value)
{
    public string Read() => value;
}

public sealed class OpaqueSerializer : IHybridCacheSerializer<Opaque>
{
    public Opaque Deserialize(ReadOnlySequence<byte> source) => new(Encoding.UTF8.GetString(source));

    public void Serialize(Opaque value, IBufferWriter<byte> target) => target.Write(Encoding.UTF8.GetBytes(value.Read()));
}

public sealed class OpaqueSerializerFactory : IHybridCacheSerializerFactory
{
    public bool TryCreateSerializer<T>([NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
    {
        serializer = new OpaqueSerializer() as IHybridCacheSerializer<T>;
        return serializer is not null;
    }
}
