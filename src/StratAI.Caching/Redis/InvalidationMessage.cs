using System.Buffers.Text;
using System.Text;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>
/// What is published for one invalidation: the sequence in decimal and a colon, both put there by the script, then one byte of
/// <see cref="InvalidationKind"/> and the names. The names of one message share its sequence.
/// </summary>
internal sealed record InvalidationMessage(long Sequence, InvalidationKind Kind, IReadOnlyList<string> Names)
{
    /// <summary>The part of the message that the script does not add.</summary>
    public static byte[] Body(InvalidationKind kind, IReadOnlyList<string> names)
    {
        var body = new byte[1 + names.Sum(name => sizeof(ushort) + Encoding.UTF8.GetByteCount(name))];
        body[0] = (byte)kind;
        var at = 1;
        foreach (var name in names)
        {
            at += Redis.Names.Write(body.AsSpan(at), name);
        }

        return body;
    }

    /// <summary>Makes the invalidation hold in <paramref name="local"/>; twice is as good as once.</summary>
    public void ApplyTo(LocalLevel local)
    {
        if (Kind == InvalidationKind.All)
        {
            local.Flush(Sequence);
            return;
        }

        foreach (var name in Names)
        {
            if (Kind == InvalidationKind.Keys)
            {
                local.InvalidateKey(name, Sequence);
            }
            else
            {
                local.InvalidateTag(name, Sequence);
            }
        }
    }

    /// <summary>The message, or <see langword="null"/> where the bytes are none.</summary>
    public static InvalidationMessage? Parse(ReadOnlySpan<byte> message)
    {
        if (!Utf8Parser.TryParse(message, out long sequence, out var at) || message.Length < at + 2 || message[at] != ':')
        {
            return null;
        }

        var kind = (InvalidationKind)message[at + 1];
        if (!Enum.IsDefined(kind))
        {
            return null;
        }

        var names = new List<string>();
        var rest = message[(at + 2)..];
        while (rest.Length > 0)
        {
            var read = Redis.Names.Read(rest, out var name);
            if (read == 0)
            {
                return null;
            }

            names.Add(name);
            rest = rest[read..];
        }

        return new(sequence, kind, names);
    }
}
