using System.Buffers;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

internal sealed class StringSerializer : IHybridCacheSerializer<string>
{
    public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source);

    public void Serialize(string value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes(value, target);
}
