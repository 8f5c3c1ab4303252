using StratAI.Storage.Migration.Internal;

namespace StratAI.Storage.Tests.Migration;

public sealed class Base64StreamTests
{
    [Fact]
    public async Task Whatever_stands_between_the_digits_and_however_it_is_read_the_bytes_are_the_same()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 400; round++)
        {
            var bytes = new byte[random.Next(round % 10 == 0 ? 200_000 : 200)];
            random.NextBytes(bytes);
            var text = Write(bytes, random);

            var (decoded, _) = await DecodeAsync(text, random.Next(1, 5000), random.Next(1, 5000), allowMissingPadding: round % 2 == 0);

            Assert.True(bytes.AsSpan().SequenceEqual(decoded), $"seed {seed}, round {round}: {bytes.Length} bytes came out as {decoded.Length}.");
        }
    }

    [Fact]
    public async Task Damaged_text_is_refused_or_decodes_and_never_fails_otherwise()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            var text = Write(bytes, random).ToCharArray();
            for (var change = random.Next(1, 4); change > 0 && text.Length > 0; change--)
            {
                text[random.Next(text.Length)] = "=A-/, \0é😀d:"[random.Next(11)];
            }

            try
            {
                await DecodeAsync(new(text[..random.Next(text.Length + 1)]), random.Next(1, 100), random.Next(1, 100), random.Next(2) == 0);
            }
            catch (Base64Exception)
            {
                // The one failure there is.
            }
        }
    }

    [Theory]
    [InlineData("Q")]
    [InlineData("QQ")]
    [InlineData("QQ=")]
    [InlineData("QQ===")]
    [InlineData("QQ==QQ==")]
    [InlineData("Q=Q=")]
    [InlineData("====")]
    [InlineData("QUE*")]
    [InlineData("QUFB\u00A0")]
    [InlineData("data:image/png,QUFB")]
    [InlineData("data:image/png;base64")]
    public async Task What_is_not_base64_is_refused(string text) =>
        await Assert.ThrowsAsync<Base64Exception>(() => DecodeAsync(text, 100, 100, allowMissingPadding: false));

    [Theory]
    [InlineData("QUFB", null, "AAA")]
    [InlineData("data:;base64,QUE=", null, "AA")]
    [InlineData("\n data:image/png;base64,QQ==\n", "image/png", "A")]
    [InlineData("data:text/plain;charset=utf-8;BASE64, Q U F B", "text/plain;charset=utf-8", "AAA")]
    [InlineData("", null, "")]
    public async Task A_prefix_is_a_claim_and_not_content(string text, string? type, string expected)
    {
        var (decoded, declared) = await DecodeAsync(text, 7, 2, allowMissingPadding: false);

        Assert.Equal((expected, type), (System.Text.Encoding.ASCII.GetString(decoded), declared));
    }

    [Fact]
    public async Task Missing_padding_is_taken_where_it_is_allowed() =>
        Assert.Equal("AA"u8.ToArray(), (await DecodeAsync("QUE", 1, 1, allowMissingPadding: true)).Bytes);

    private static string Write(byte[] bytes, Random random)
    {
        var text = Convert.ToBase64String(bytes, random.Next(2) == 0 ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);
        return (random.Next(3) == 0 ? "data:image/png;base64," : "") + (random.Next(3) == 0 ? text.Replace('+', '-').Replace('/', '_') : text);
    }

    private static async Task<(byte[] Bytes, string? DeclaredType)> DecodeAsync(string text, int chunk, int read, bool allowMissingPadding)
    {
        await using var stream = new Base64Stream(new Chunks(text, chunk) { ContentType = null }, allowMissingPadding);
        await stream.ReadPrefixAsync(default);
        var bytes = new MemoryStream();
        var buffer = new byte[read];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, count);
        }

        return (bytes.ToArray(), stream.DeclaredType);
    }

    private sealed class Chunks(string text, int chunk) : LegacyText
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken)
        {
            var count = Math.Min(Math.Min(chunk, buffer.Length), text.Length - _at);
            text.AsSpan(_at, count).CopyTo(buffer.Span);
            _at += count;
            return new(count);
        }

        public override Task<string> VersionAsync(CancellationToken cancellationToken) => Task.FromResult("");

        public override ValueTask DisposeAsync() => default;
    }
}
