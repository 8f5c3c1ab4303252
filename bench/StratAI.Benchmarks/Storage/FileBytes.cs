using System.Net;

namespace StratAI.Benchmarks.Storage;

/// <summary>The body of a file of any length, made while it is sent from one block that all of them share.</summary>
internal sealed class FileBytes : HttpContent
{
    private static readonly byte[] Text = MakeText();

    private readonly byte[] _head;
    private readonly long _length;

    public FileBytes(string type, long length)
    {
        _length = length;
        _head = type == "application/pdf" ? "%PDF-1.7\n"u8.ToArray() : [];
        Headers.ContentType = new(type);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_head);
        for (var left = _length - _head.Length; left > 0; left -= Text.Length)
        {
            await stream.WriteAsync(Text.AsMemory(0, (int)Math.Min(left, Text.Length)));
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    private static byte[] MakeText()
    {
        var line = "Of tomatoes it is known that they want water every day, and sun.\n"u8;
        var text = new byte[1024 * line.Length];
        for (var at = 0; at < text.Length; at += line.Length)
        {
            line.CopyTo(text.AsSpan(at));
        }

        return text;
    }
}
