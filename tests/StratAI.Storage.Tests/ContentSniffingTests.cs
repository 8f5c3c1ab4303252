using System.Text;
using CsCheck;
using StratAI.Storage.Internal;
using StratAI.Storage.Internal.Sniffing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class ContentSniffingTests
{
    private const string Unknown = "application/octet-stream";

    public static TheoryData<string, byte[], string> Formats => new()
    {
        { "png", Samples.Png, "image/png" },
        { "jpeg", Samples.Jpeg, "image/jpeg" },
        { "gif", Samples.Gif, "image/gif" },
        { "webp", Samples.WebP, "image/webp" },
        { "avif", Samples.Avif, "image/avif" },
        { "avif by compatible brand", Samples.AvifByCompatibleBrand, "image/avif" },
        { "heic", Samples.Heic, Unknown },
        { "wave", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8], Unknown },
        { "pdf", Samples.Pdf, "application/pdf" },
        { "docx", Samples.Docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "xlsx", Samples.Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
        { "pptx", Samples.Pptx, "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
        { "docx with a comment after it", WithComment(Samples.Docx), "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "docm", Samples.Docm, "application/vnd.ms-word.document.macroEnabled.12" },
        { "zip", Samples.Zip, "application/zip" },
        { "zip cut short", Samples.Docx[..60], "application/zip" },
        { "exe", Samples.Exe, Unknown },
        { "text", Samples.Text("Grüße, 日本, 😀\r\n\ttabs\f"), "text/plain" },
        { "text with byte order mark", Samples.Text("\uFEFFhello"), "text/plain" },
        { "text with a less-than sign", Samples.Text("< 5 and <also> this"), "text/plain" },
        { "text with a nul", Samples.Text("a\0b"), Unknown },
        { "text with a control character", Samples.Text("a\u0001b"), Unknown },
        { "utf-16", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("hello")).ToArray(), Unknown },
        { "latin-1", Encoding.Latin1.GetBytes("Grüße"), Unknown },
        { "text cut inside a character", Samples.Text("é")[..1], Unknown },
        { "overlong utf-8", [0xC0, 0xAF], Unknown },
        { "html", Samples.Text(" \n<!DOCTYPE html><title>x</title>"), "text/html" },
        { "html with byte order mark", Samples.Text("\uFEFF<HTML lang=en>"), "text/html" },
        { "html after a comment", Samples.Text("<!-- a > b --> <script>alert(1)</script>"), "text/html" },
        { "html fragment", Samples.Text("<p>hello"), "text/html" },
        { "html by iframe", Samples.Text("<iframe src=x>"), "text/html" },
        { "xhtml", Samples.Text("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>"), "application/xhtml+xml" },
        { "svg", Samples.Text("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml" },
        {
            "svg with prolog",
            Samples.Text("<?xml version='1.0'?>\n<!-- c --><!DOCTYPE svg [<!ENTITY a \"<b>\">]>\n<s:svg xmlns:s='http://www.w3.org/2000/svg'>"),
            "image/svg+xml"
        },
        { "svg in capitals", Samples.Text("<SVG>"), "image/svg+xml" },
        { "xml", Samples.Text("<?xml version='1.0'?><note/>"), "application/xml" },
        { "xml whose root is out of sight", Samples.Text("<?xml version='1.0'?><!--" + new string('x', 5000) + "--><svg/>"), "application/xml" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Bytes_tell_their_type_however_they_are_cut(string name, byte[] bytes, string expected)
    {
        foreach (var chunk in new[] { 1, 2, 3, 7, 5000 })
        {
            Assert.True(expected == (await DetectAsync(bytes, chunk)).Type, $"{name} in chunks of {chunk}");
        }
    }

    [Theory]
    [InlineData("{\"a\": [1, 2]}", true)]
    [InlineData("\uFEFF [1] \n", true)]
    [InlineData("\"text\"", true)]
    [InlineData("-1.5", true)]
    [InlineData("true", true)]
    [InlineData("null", true)]
    [InlineData("{\"a\": [1, 2", false)]
    [InlineData("[1}", false)]
    [InlineData("hello", false)]
    [InlineData("  ", false)]
    public async Task Text_that_begins_and_ends_like_json_looks_like_it(string text, bool expected)
    {
        foreach (var chunk in new[] { 1, 3, 100 })
        {
            Assert.Equal(expected, (await DetectAsync(Samples.Text(text), chunk)).LooksLikeJson);
        }
    }

    [Fact]
    public void Text_is_decided_the_same_whatever_the_chunks() =>
        Gen.Select(Gen.OneOf(Gen.String.Select(Encoding.UTF8.GetBytes), Gen.Byte.Array), Gen.Int[1, 9]).Sample((bytes, chunk) =>
        {
            var scanner = new TextScanner();
            foreach (var part in bytes.Chunk(chunk))
            {
                scanner.Append(part);
            }

            Assert.Equal(IsText(bytes), scanner.Complete());
        });

    [Fact]
    public async Task Damaged_and_random_files_never_break_the_sniffer_and_never_pass_for_more_than_their_bytes()
    {
        var samples = Formats.Select(row => (byte[])row[1]).ToArray();
        var damage = Gen.Int[0, 9999].Select(Gen.Byte, (at, value) => (At: at, Value: value)).Array[0, 12];
        await Gen.Select(Gen.Int[0, samples.Length - 1], damage, Gen.Double[0, 1], Gen.Int[1, 64])
            .SampleAsync(async (sample, edits, keep, chunk) =>
            {
                var bytes = samples[sample][..(int)(samples[sample].Length * keep)];
                foreach (var (at, value) in edits.Where(_ => bytes.Length > 0))
                {
                    bytes[at % bytes.Length] = value;
                }

                var detection = await DetectAsync(bytes, chunk);

                Assert.Equal(detection, await DetectAsync(bytes, bytes.Length + 1));
                if (MediaTypes.IsActive(detection.Type) || detection.Type.StartsWith("text/", StringComparison.Ordinal))
                {
                    Assert.True(IsText(bytes));
                }
                else if (detection.Type.Contains("officedocument", StringComparison.Ordinal))
                {
                    Assert.True(bytes.AsSpan().StartsWith("PK"u8));
                    Assert.NotEqual(-1, Encoding.Latin1.GetString(bytes).IndexOf("[Content_Types].xml", StringComparison.OrdinalIgnoreCase));
                }
            }, iter: 3000);
    }

    public static TheoryData<string, string?, string?, string?> Verdicts => new()
    {
        // What the bytes are, what is declared, the name, and the type stored; none for a contradiction.
        { "png", null, null, "image/png" },
        { "png", "image/png", "a.png", "image/png" },
        { "png", "application/octet-stream", "a.bin", "image/png" },
        { "png", "IMAGE/PNG; q=1", null, "image/png" },
        { "png", "image/x-png", null, "image/png" },
        { "png", "image/jpeg", null, null },
        { "png", null, "a.jpg", null },
        { "png", "image/png", "a.pdf", null },
        { "png", "text/plain", null, null },
        { "png", "audio/mpeg", null, null },
        { "png", "not a type", null, null },
        { "jpeg", "image/jpg", "a.JPEG", "image/jpeg" },
        { "exe", "image/png", null, null },
        { "exe", null, "a.exe", "application/octet-stream" },
        { "pdf", "application/x-pdf", "a.pdf", "application/pdf" },
        { "docx", "application/zip", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "docx", null, "a.xlsx", null },
        { "docm", null, "a.docx", null },
        { "zip", null, "a.docx", null },
        { "text", null, null, "text/plain" },
        { "text", "text/markdown", null, "text/markdown" },
        { "text", "text/plain", "a.md", "text/markdown" },
        { "text", "", "a.csv", "text/csv" },
        { "text", "application/vnd.ms-excel", "a.csv", "text/csv" },
        { "text", "application/vnd.ms-excel", "a.xls", null },
        { "text", "text/x-python", "a.py", "text/plain" },
        { "text", "application/x-yaml", "a.yaml", "text/plain" },
        { "text", "application/json", null, null },
        { "text", null, "a.json", null },
        { "text", "application/pdf", null, null },
        { "text", "image/svg+xml", null, null },
        { "text", "text/html", "a.html", "text/html" },
        { "json", "application/json; charset=utf-8", "a.json", "application/json" },
        { "json", null, "a.txt", "text/plain" },
        { "html", "text/html", "a.htm", "text/html" },
        { "html", "text/plain", null, null },
        { "html", "image/png", null, null },
        { "html", null, "a.md", null },
        { "fragment", null, "a.md", "text/markdown" },
        { "fragment", null, "a.txt", null },
        { "svg", "image/svg+xml", "a.svg", "image/svg+xml" },
        { "svg", "text/xml", "a.svg", "image/svg+xml" },
        { "svg", "image/png", "a.png", null },
        { "svg", "text/plain", null, null },
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public async Task A_claim_is_held_against_the_bytes(string bytes, string? declared, string? name, string? expected)
    {
        var content = bytes switch
        {
            "json" => Samples.Text("{\"a\":1}"),
            "fragment" => Samples.Text("<div align=center>logo</div>\n# Title"),
            _ => (byte[])Formats.Single(row => (string)row[0] == bytes)[1],
        };

        var (type, contradicted) = Claims.Resolve(await DetectAsync(content, 4096), declared, name);

        Assert.Equal(expected, contradicted is null ? type : null);
    }

    [Theory]
    [InlineData("text/html; charset=utf-8", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("application/xml", true)]
    [InlineData("APPLICATION/ATOM+XML", true)]
    [InlineData("no type", true)]
    [InlineData("text/plain", false)]
    [InlineData("image/png", false)]
    [InlineData("application/pdf", false)]
    public void Types_that_run_scripts_are_known(string type, bool expected) => Assert.Equal(expected, MediaTypes.IsActive(type));

    private static async Task<Detection> DetectAsync(byte[] bytes, int chunk)
    {
        var sniffer = new ContentSniffer();
        await using var spool = await Spool.FillAsync(new(), new SourceReader(new MemoryStream(bytes), null), long.MaxValue, default);
        foreach (var part in bytes.Chunk(chunk))
        {
            sniffer.Append(part);
        }

        return await sniffer.CompleteAsync(spool, default);
    }

    private static bool IsText(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).All(c => c is >= ' ' or '\t' or '\n' or '\f' or '\r' or '\e');
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static byte[] WithComment(byte[] archive)
    {
        byte[] comment = [.. "a comment"u8];
        byte[] result = [.. archive, .. comment];
        result[archive.Length - 2] = (byte)comment.Length;
        return result;
    }
}
