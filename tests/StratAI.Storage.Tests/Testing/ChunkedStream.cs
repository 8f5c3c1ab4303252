namespace StratAI.Storage.Tests.Testing;

/// <summary>Gives a file in pieces of random sizes, as a network does.</summary>
internal sealed class ChunkedStream(byte[] content, Random random, int largest) : MemoryStream(content, writable: false)
{
    public override bool CanSeek => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, largest + 1))], cancellationToken);
}
