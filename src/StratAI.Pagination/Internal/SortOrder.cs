using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StratAI.Pagination.Internal;

/// <summary>The keys that one request sorts by, the tie-breaker last, and a hash of them.</summary>
internal sealed class SortOrder<T>
{
    private readonly byte[] _fingerprint;

    public SortOrder(OrderedKey<T>[] keys)
    {
        Keys = keys;
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content, Encoding.UTF8);
        foreach (var (key, descending) in keys)
        {
            // BinaryWriter puts its length before each string, so no two orders flow into the same bytes. The SQL is in it: under another
            // expression or collation the position means nothing.
            writer.Write(key.Name);
            writer.Write(key.Describe(SqlDialect.PostgreSql));
            writer.Write(key.Describe(SqlDialect.Sqlite));
            writer.Write((byte)key.Kind);
            writer.Write(key.IsNullable);
            writer.Write(descending);
        }

        writer.Flush();
        _fingerprint = SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    public OrderedKey<T>[] Keys { get; }

    /// <summary>
    /// A hash of everything that a cursor is bound to; the same in every process. Eight bytes tell lists apart. They need not withstand a search
    /// for collisions: a cursor is authenticated by its key and grants nothing.
    /// </summary>
    public ulong Bind(PageScope scope)
    {
        var maximum = _fingerprint.Length + (3 * sizeof(int))
            + Encoding.UTF8.GetMaxByteCount(scope.Endpoint.Length + scope.Owner.Length + scope.Filters.Length);
        var rented = maximum > 512 ? ArrayPool<byte>.Shared.Rent(maximum) : null;
        Span<byte> content = rented ?? stackalloc byte[512];
        _fingerprint.CopyTo(content);
        var length = _fingerprint.Length;
        length += WriteText(scope.Endpoint, content[length..]);
        length += WriteText(scope.Owner, content[length..]);
        length += WriteText(scope.Filters, content[length..]);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static int WriteText(string text, Span<byte> destination)
    {
        var length = Encoding.UTF8.GetBytes(text, destination[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination, length);
        return sizeof(int) + length;
    }
}
