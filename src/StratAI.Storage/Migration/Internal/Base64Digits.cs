using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace StratAI.Storage.Migration.Internal;

/// <summary>The digits of a text without what stands between them, decoded in whole groups of four.</summary>
internal sealed class Base64Digits(int maximumAdded) : IDisposable
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    /// <summary>What is added at once, and up to three digits left from before.</summary>
    private readonly byte[] _digits = ArrayPool<byte>.Shared.Rent(maximumAdded + 4);
    private int _count;
    private int _padding;

    /// <exception cref="Base64Exception">A character does not belong there.</exception>
    public void Add(ReadOnlySpan<char> characters)
    {
        while (!characters.IsEmpty)
        {
            var run = characters.IndexOfAnyExcept(Plain) is var end and >= 0 ? end : characters.Length;
            if (run > 0)
            {
                ThrowIfPadded();
                Ascii.FromUtf16(characters[..run], _digits.AsSpan(_count), out _);
                _count += run;
                characters = characters[run..];
            }
            else
            {
                Add(characters[0]);
                characters = characters[1..];
            }
        }
    }

    /// <summary>Decodes all whole groups; returns the number of bytes.</summary>
    public int Decode(Span<byte> bytes)
    {
        var whole = _count / 4 * 4;
        // The decoder refuses padding anywhere but at the end of what it is given, and nothing is added after padding.
        if (Base64.DecodeFromUtf8(_digits.AsSpan(0, whole), bytes, out _, out var written) != OperationStatus.Done)
        {
            throw new Base64Exception("The padding is not at the end of a group of four digits.");
        }

        _digits.AsSpan(whole, _count - whole).CopyTo(_digits);
        _count -= whole;
        return written;
    }

    /// <summary>Decodes a last group that only lacks its padding.</summary>
    public int Complete(bool allowMissingPadding, Span<byte> bytes)
    {
        if (_count == 0)
        {
            return 0;
        }

        if (_count == 1 || _padding > 0 || !allowMissingPadding)
        {
            throw new Base64Exception("The text ends within a group of four digits.");
        }

        _digits.AsSpan(_count, 4 - _count).Fill((byte)'=');
        _count = 4;
        return Decode(bytes);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_digits);

    private void Add(char character)
    {
        switch (character)
        {
            case ' ' or '\t' or '\r' or '\n' or '\f' or '\v':
                return;
            case '-' or '_':
                ThrowIfPadded();
                _digits[_count++] = (byte)(character == '-' ? '+' : '/');
                return;
            case '=' when _padding < 2:
                _padding++;
                _digits[_count++] = (byte)'=';
                return;
            default:
                throw new Base64Exception(character == '=' ? "There is too much padding." : "The text has a character that base64 has not.");
        }
    }

    private void ThrowIfPadded()
    {
        if (_padding > 0)
        {
            throw new Base64Exception("There are digits after the padding.");
        }
    }
}
