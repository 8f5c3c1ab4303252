using System.Buffers;
using StratAI.Storage.Internal;

namespace StratAI.Storage.Migration.Internal;

/// <summary>
/// Decodes base64 as it is read: RFC 4648 in either alphabet, white space and line breaks anywhere, the prefix of a <c>data:</c> URL
/// (RFC 2397) before it. Memory is three pooled buffers.
/// </summary>
internal sealed class Base64Stream(LegacyText text, bool allowMissingPadding) : ForwardStream
{
    private const int BufferLength = 32 * 1024;
    private const int MaximumPrefix = 512;

    private readonly char[] _characters = ArrayPool<char>.Shared.Rent(BufferLength);
    private readonly Base64Digits _digits = new(BufferLength);
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(BufferLength);
    private Memory<byte> _decoded;
    private int _prefixed;
    private bool _ended;
    private bool _returned;

    /// <summary>The type a prefix claims.</summary>
    public string? DeclaredType { get; private set; }

    /// <summary>Reads the prefix, if there is one. To be called once, before the first read.</summary>
    /// <exception cref="Base64Exception">It is one of something else than base64.</exception>
    public async Task ReadPrefixAsync(CancellationToken cancellationToken)
    {
        int count;
        do
        {
            count = await text.ReadAsync(_characters.AsMemory(_prefixed, MaximumPrefix - _prefixed), cancellationToken).ConfigureAwait(false);
            _prefixed += count;
        }
        while (count > 0 && _prefixed < MaximumPrefix);

        var head = _characters.AsSpan(0, _prefixed);
        var start = head.Length - head.TrimStart().Length;
        var comma = head.IndexOf(',');
        var begin = 0;
        if (head[start..].StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            var declared = comma < 0 ? default : head[(start + "data:".Length)..comma].Trim();
            if (!declared.EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            {
                throw new Base64Exception("The text is a data: URL without base64.");
            }

            DeclaredType = declared[..^";base64".Length].ToString() is { Length: > 0 } type ? type : null;
            begin = comma + 1;
        }

        _digits.Add(head[begin..]);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_decoded.IsEmpty && !_ended && !buffer.IsEmpty)
        {
            _decoded = _bytes.AsMemory(0, _digits.Decode(_bytes));
            if (!_decoded.IsEmpty)
            {
                break;
            }

            var count = await text.ReadAsync(_characters.AsMemory(0, BufferLength), cancellationToken).ConfigureAwait(false);
            _digits.Add(_characters.AsSpan(0, count));
            if (count == 0)
            {
                _ended = true;
                _decoded = _bytes.AsMemory(0, _digits.Complete(allowMissingPadding, _bytes));
            }
        }

        var taken = Math.Min(buffer.Length, _decoded.Length);
        _decoded[..taken].CopyTo(buffer);
        _decoded = _decoded[taken..];
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_returned)
        {
            _returned = true;
            ArrayPool<char>.Shared.Return(_characters);
            ArrayPool<byte>.Shared.Return(_bytes);
            _digits.Dispose();
        }

        base.Dispose(disposing);
    }
}
