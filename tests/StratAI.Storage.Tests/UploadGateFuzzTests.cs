using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using StratAI.Storage.Tests.Testing;
using Xunit.Abstractions;

namespace StratAI.Storage.Tests;

/// <summary>Damaged, spliced and random files at the gate. Allocations are counted, so nothing else may run beside it.</summary>
[Collection(nameof(MemoryTests))]
public sealed partial class UploadGateFuzzTests(ITestOutputHelper output)
{
    private static readonly string?[] Declared =
        ["text/plain", "text/html", "image/png", "image/svg+xml", "application/pdf", "application/json", "text/markdown", "application/zip", "nonsense"];

    private static readonly string?[] Names = ["a.txt", "a.md", "a.csv", "a.json", "a.html", "a.svg", "a.png", "a.pdf", "a.docx", "a.zip", "a.exe", ".md"];

    private static readonly IReadOnlySet<string>[] Allowed =
    [
        UploadRules.DefaultAllowedTypes,
        new HashSet<string> { "image/png", "image/jpeg" },
        new HashSet<string> { "text/plain", "text/markdown", "text/html" },
        new HashSet<string> { "application/zip", "application/octet-stream", "application/xml", "application/xhtml+xml" },
    ];

    [Fact]
    public async Task No_file_breaks_the_gate_or_passes_for_what_it_is_not_however_it_is_cut()
    {
        output.WriteLine($"STRATAI_SEED={Fuzz.Seed}");
        await using var storage = TestStorage.OnFiles();
        var random = new Random(Fuzz.Seed);
        var (accepted, slowest) = (0, TimeSpan.Zero);
        for (var i = 0; i < Fuzz.Cases(3000); i++)
        {
            var bytes = Mutations.Next(random);
            var rules = new UploadRules
            {
                MaximumBytes = random.Next(4) == 0 ? random.Next(1, 8000) : 1_000_000,
                MaximumImageBytes = random.Next(4) == 0 ? random.Next(1, 8000) : null,
                DeclaredContentType = random.Next(2) == 0 ? Mutations.Pick(random, Declared) : null,
                FileName = random.Next(2) == 0 ? Mutations.Pick(random, Names) : null,
                AllowedTypes = random.Next(2) == 0 ? Mutations.Pick(random, Allowed) : UploadRules.DefaultAllowedTypes,
            };
            var what = $"case {i} of seed {Fuzz.Seed}: {bytes.Length} bytes, {rules.DeclaredContentType}, {rules.FileName}";
            var (before, start) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());

            var whole = await storage.Gate.ReceiveAsync(new MemoryStream(bytes), rules, default);

            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            Assert.True(GC.GetTotalAllocatedBytes() - before < 4_000_000, what);
            var cut = await storage.Gate.ReceiveAsync(new ChunkedStream(bytes, random, Mutations.Pick(random, [1, 7, 1000, 5000, 70_000])), rules, default);
            Assert.True(whole.Refusal == cut.Refusal, $"{what}: {whole.Refusal} or {cut.Refusal}");
            if (whole.Accepted is { } upload)
            {
                accepted++;
                await using var first = upload;
                await using var second = cut.Accepted!;
                Assert.True(upload.ContentType == second.ContentType, $"{what}: {upload.ContentType} or {second.ContentType}");
                Assert.Equal(upload.Sha256, second.Sha256);
                AssertSound(upload, bytes, rules, what);
            }
        }

        output.WriteLine($"{accepted} accepted, the slowest took {slowest.TotalMilliseconds:F1} ms");
        Assert.InRange(accepted, 100, int.MaxValue);
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static void AssertSound(Upload upload, byte[] bytes, UploadRules rules, string what)
    {
        Assert.True(rules.AllowedTypes.Contains(upload.ContentType), $"{what}: {upload.ContentType} is not allowed");
        Assert.Equal(bytes.Length, upload.Size);
        Assert.InRange(bytes.Length, 1, upload.IsImage ? Math.Min(rules.MaximumBytes, rules.MaximumImageBytes ?? long.MaxValue) : rules.MaximumBytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), upload.Sha256);

        var text = Encoding.Latin1.GetString(bytes);
        var isMarkdown = upload.ContentType == "text/markdown";
        if (upload.ContentType.StartsWith("text/", StringComparison.Ordinal) || upload.ContentType == "application/json")
        {
            Assert.True(!(isMarkdown ? Page() : Markup()).IsMatch(text) || upload.AttachmentOnly, $"{what}: {upload.ContentType} would run");
        }

        Assert.True(upload.ContentType is not "image/png" || text.StartsWith("\u0089PNG", StringComparison.Ordinal), what);
        Assert.True(upload.ContentType is not "application/pdf" || text.StartsWith("%PDF-", StringComparison.Ordinal), what);
        Assert.True(!upload.ContentType.Contains("officedocument", StringComparison.Ordinal) || text.StartsWith("PK", StringComparison.Ordinal), what);
    }

    /// <summary>What a browser that guesses takes for HTML or XML (WHATWG MIME Sniffing Standard, section 7.1).</summary>
    [GeneratedRegex(
        """^(\u00EF\u00BB\u00BF)?[\t\n\f\r ]*(<!--|<\?xml|<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg)[ >])""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Markup();

    /// <summary>Of it what Markdown does not begin with either.</summary>
    [GeneratedRegex(
        """^(\u00EF\u00BB\u00BF)?[\t\n\f\r ]*<(!doctype html|html|head|script|iframe|style|title|body|svg)[ >]""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Page();
}
