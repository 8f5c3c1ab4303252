using System.Text;
using CsCheck;
using StratAI.Storage.FileSystem;

namespace StratAI.Storage.Tests;

public sealed class KeyPathTests
{
    private static readonly Gen<string> Segments = Gen.OneOf(
        Gen.String[Gen.Char["aAb.~%-_ é"], 1, 200],
        Gen.Int[1, 300].Select(length => new string('x', length)),
        Gen.Const("~o"),
        Gen.Const("a~d"),
        Gen.Const("%2e"));

    private static readonly Gen<byte[]> Keys = Segments.Array[1, 4].Select(segments => Encoding.UTF8.GetBytes(string.Join('/', segments)));

    [Fact]
    public void Every_key_has_a_path_of_its_own_that_any_disk_takes_and_reads_back() =>
        Gen.Select(Keys, Keys).Sample((x, y) =>
        {
            var (first, second) = (KeyPath.FileOf("/root", x), KeyPath.FileOf("/root", y));
            Assert.Equal(x.AsSpan().SequenceEqual(y), string.Equals(first, second, StringComparison.OrdinalIgnoreCase));
            Assert.StartsWith("/root/", first, StringComparison.Ordinal);
            Assert.Equal(x, ReadBack(first["/root/".Length..]));
        });

    [Fact]
    public void No_file_is_also_a_folder() =>
        Gen.Select(Keys, Keys).Sample((x, y) =>
            Assert.False(KeyPath.FileOf("/root", x).StartsWith(KeyPath.FileOf("/root", y) + "/", StringComparison.OrdinalIgnoreCase)));

    [Theory]
    [InlineData("a/b.txt", "/root/a~d/b.txt~o")]
    [InlineData("A%/..x", "/root/%41%25~d/..x~o")]
    [InlineData("é", "/root/%C3%A9~o")]
    public void Paths_stay_readable_and_never_change(string key, string path) => Assert.Equal(path, KeyPath.FileOf("/root", Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("")]
    [InlineData("o")]
    [InlineData("a")]
    [InlineData("a~x")]
    [InlineData("%4~o")]
    [InlineData("%~o")]
    [InlineData("%zz~o")]
    public void A_name_that_is_not_the_stores_is_not_read_as_one(string name) =>
        Assert.False(KeyPath.TryParse(name, out _, out _));

    private static byte[] ReadBack(string path)
    {
        var key = new List<byte>();
        foreach (var name in path.Split('/'))
        {
            Assert.InRange(name.Length, 2, 255);
            Assert.True(KeyPath.TryParse(name, out var kind, out var bytes));
            key.AddRange(bytes);
            if (kind == KeyPath.Kind.Folder)
            {
                key.Add((byte)'/');
            }
        }

        return [.. key];
    }
}
