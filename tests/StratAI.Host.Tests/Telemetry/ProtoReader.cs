using System.Buffers.Binary;
using System.Text;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>A message of Protocol Buffers, field by field: as much of the wire format as OTLP needs.</summary>
internal sealed class ProtoReader
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoReader(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var (field, type) = ((int)(tag >> 3), (int)(tag & 7));
            if (type == 0)
            {
                _fields.Add((field, Varint(message.Span, ref at), default));
                continue;
            }

            var length = type switch { 1 => 8, 5 => 4, 2 => (int)Varint(message.Span, ref at), _ => throw new InvalidDataException($"Wire type {type}.") };
            var number = type == 1 ? BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]) : 0;
            _fields.Add((field, number, message.Slice(at, length)));
            at += length;
        }
    }

    public IEnumerable<ProtoReader> Messages(int field) => All(field).Select(bytes => new ProtoReader(bytes));

    public string Text(int field) => Encoding.UTF8.GetString(All(field).FirstOrDefault().Span);

    public string Hex(int field) => Convert.ToHexStringLower(All(field).FirstOrDefault().Span);

    /// <summary>A KeyValue whose value is text; of any other type, its number or nothing.</summary>
    public KeyValuePair<string, string> Attribute() =>
        new(Text(1), Messages(2).FirstOrDefault() is not { _fields: [var value, ..] } ? "" : value.Field == 1 ? Encoding.UTF8.GetString(value.Bytes.Span) : $"{value.Number}");

    private IEnumerable<ReadOnlyMemory<byte>> All(int field) => _fields.Where(item => item.Field == field).Select(item => item.Bytes);

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var (value, shift) = (0UL, 0);
        byte next;
        do
        {
            next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            shift += 7;
        }
        while (next >= 0x80);

        return value;
    }
}
