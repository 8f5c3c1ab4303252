using System.Text;

namespace StratAI.Storage.Tests.Testing;

/// <summary>Files that are nearly, or not at all, what they began as.</summary>
internal static class Mutations
{
    private static readonly byte[][] Files =
    [
        Samples.Png, Samples.Jpeg, Samples.Gif, Samples.WebP, Samples.Avif, Samples.AvifByCompatibleBrand, Samples.Heic, Samples.Pdf,
        Samples.Docx, Samples.Xlsx, Samples.Pptx, Samples.Docm, Samples.Zip, Samples.Exe,
        Samples.Text("# Notes\n\nSome *text* – with dashes, 日本 and 😀.\n"), Samples.Text("a,b\n1,2\n"), Samples.Text("{\"a\": [1, 2, null]}"),
        Samples.Text("<!DOCTYPE html><html><body onload=alert(1)></body></html>"), Samples.Text(" \n<script>alert(1)</script>"),
        Samples.Text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), Samples.Text("<?xml version='1.0'?><!-- c --><note/>"),
        Samples.Text("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>"), Samples.Text("<p>fragment</p>"), [],
    ];

    private static readonly byte[][] Pieces =
    [
        .. new[] { "<", ">", "<!--", "-->", "<?xml", "?>", "<!DOCTYPE", "<!DOCTYPE html>", "<script>", "<svg ", "<html", "</", "]", "[", "\uFEFF", " ", "\n", "PK\u0001\u0002", "PK\u0005\u0006", "%PDF-", "ftypavif", "a:svg" }
            .Select(Encoding.UTF8.GetBytes),
        [0], [0xFF], [0xC3], [0xE2, 0x82], [0xEF, 0xBB], [0xFF, 0xFE],
    ];

    public static byte[] Next(Random random)
    {
        var bytes = new List<byte>(Pick(random, Files));
        for (var edits = random.Next(6); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(8))
            {
                case 0: bytes.RemoveRange(at, bytes.Count - at); break;
                case 1: bytes.RemoveRange(at, random.Next(bytes.Count - at + 1)); break;
                case 2 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 3: bytes.InsertRange(at, Pick(random, Pieces)); break;
                case 4: bytes.InsertRange(0, Pick(random, Pieces)); break;
                case 5: bytes.InsertRange(at, Pick(random, Files)); break;
                case 6: bytes.AddRange(Enumerable.Repeat((byte)' ', random.Next(6000))); break;
                case 7: bytes.AddRange(Noise(random)); break;
            }
        }

        return [.. bytes];
    }

    public static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>Bytes of any value, or letters, over all the sizes at which something changes.</summary>
    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(4) == 0 ? random.Next(150_000) : random.Next(5000)];
        random.NextBytes(noise);
        return random.Next(2) == 0 ? noise : Array.ConvertAll(noise, value => (byte)('a' + (value % 26)));
    }
}
