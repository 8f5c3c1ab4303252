namespace StratAI.Storage.Imaging.Tests.Testing;

/// <summary>A few changes to a file, all decided by the random numbers.</summary>
public static class Mutation
{
    private const int MostChanges = 6;

    private static readonly byte[] Telling = [0, 1, 0x7F, 0x80, 0xFE, 0xFF];

    public static byte[] Of(byte[] original, byte[] other, Random random)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(1, MostChanges); changes > 0 && bytes.Count > 8; changes--)
        {
            var at = Position(bytes.Count, random);
            var length = Math.Min(random.Next(1, 32), bytes.Count - at);
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
                case 2:
                    // Sizes and counts are of two or four bytes.
                    for (var i = at; i < Math.Min(at + 4, bytes.Count); i++)
                    {
                        bytes[i] = Telling[random.Next(Telling.Length)];
                    }

                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    var noise = new byte[length];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
                case 6:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 200), other.Length - from)).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Half of the changes are where the headers are.</summary>
    private static int Position(int length, Random random) => random.Next(2) == 0 ? random.Next(Math.Min(length, 120)) : random.Next(length);
}
