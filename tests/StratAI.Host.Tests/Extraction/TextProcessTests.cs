using System.Text;
using Microsoft.Extensions.Time.Testing;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Extraction;

/// <summary>The process that reads texts, on files that are made to harm whoever reads them.</summary>
public sealed class TextProcessTests
{
    [Fact]
    public async Task It_knows_nothing_of_the_environment_of_the_host()
    {
        Environment.SetEnvironmentVariable("STRATAI_TESTS_TEXT", "a secret");
        var (text, failure) = await RunAsync(new TextProcess("/usr/bin/env", [], TimeSpan.FromMinutes(1), TimeProvider.System), "");
        Assert.Equal((TextFailure.Crashed, null), (failure, text));

        (text, failure) = await RunAsync(new TextProcess("/bin/sh", ["-c", "env"], TimeSpan.FromMinutes(1), TimeProvider.System), "");

        Assert.Null(failure);
        Assert.Contains("DOTNET_GCHeapHardLimit=10000000", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_hangs_is_killed_when_its_time_is_over()
    {
        var clock = new FakeTimeProvider();
        // It writes its process id, and then nothing more.
        var file = Path.GetTempFileName();
        var reading = RunAsync(new TextProcess("/bin/sh", ["-c", $"echo $$ > {file}; exec sleep 600"], TextProcess.Limit, clock), "");
        await StratAI.Testing.Redis.Eventually.TrueAsync(() => File.ReadAllText(file).EndsWith('\n'), "it runs");
        var id = int.Parse(await File.ReadAllTextAsync(file), null);

        clock.Advance(TextProcess.Limit - TimeSpan.FromTicks(1));
        Assert.False(reading.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal((null, TextFailure.TimedOut), await reading.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.False(Directory.Exists($"/proc/{id}"));
        File.Delete(file);
    }

    [Fact]
    public async Task One_that_is_killed_or_breaks_down_is_no_text()
    {
        Assert.Equal((null, TextFailure.Crashed), await RunAsync(new TextProcess("/bin/sh", ["-c", "echo half; kill -9 $$"], TextProcess.Limit, TimeProvider.System), "x"));
        Assert.Equal((null, TextFailure.Crashed), await RunAsync(new TextProcess("/bin/sh", ["-c", "exit 1"], TextProcess.Limit, TimeProvider.System), new string('x', 5_000_000)));
    }

    [Fact]
    public async Task A_stream_that_breaks_is_no_fault_of_the_file()
    {
        var process = new TextProcess("/bin/sh", ["-c", "cat > /dev/null; exit 12"], TextProcess.Limit, TimeProvider.System);
        await using var stream = new BreakingStream();

        await Assert.ThrowsAsync<IOException>(() => process.ReadAsync(stream, "", default));
    }

    private sealed class BreakingStream() : MemoryStream(new byte[100_000])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length ? throw new IOException("The disk does not answer.") : base.ReadAsync(buffer, cancellationToken);
    }

    [Fact]
    public async Task Deep_nesting_ends_the_process_that_reads_and_no_other()
    {
        var pdf = $"%PDF-1.4\n1 0 obj\n{new string('[', 2_000_000)}\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF";
        var (text, failure) = await RunAsync(TextProcess.OfThisProgram(TimeProvider.System), pdf, TextTypes.Pdf);
        Assert.Null(text);
        Assert.NotNull(failure);
    }

    [Fact]
    public async Task A_bomb_is_not_opened()
    {
        var (text, failure) = await RunAsync(TextProcess.OfThisProgram(TimeProvider.System), new MemoryStream(TextFiles.DocxBomb()), TextTypes.Docx);
        Assert.Equal((null, TextFailure.TooLarge), (text, failure));
    }

    [Fact]
    public async Task A_workbook_is_read_row_by_row_and_a_presentation_slide_by_slide()
    {
        var process = TextProcess.OfThisProgram(TimeProvider.System);
        Assert.Equal(("Hydrangeas\t4711\t\n", null), await RunAsync(process, new MemoryStream(TextFiles.Xlsx("Hydrangeas", 4711)), TextTypes.Xlsx));
        Assert.Equal(("Tulips at last\n", null), await RunAsync(process, new MemoryStream(TextFiles.Pptx("Tulips at last")), TextTypes.Pptx));
    }

    [Fact]
    public async Task A_text_is_cut_at_its_bound()
    {
        var docx = TextFiles.Docx([.. Enumerable.Repeat(new string('x', 999), 1_100)]);
        var (text, failure) = await RunAsync(TextProcess.OfThisProgram(TimeProvider.System), new MemoryStream(docx), TextTypes.Docx);
        Assert.Null(failure);
        Assert.Equal(1_000_000, text!.Length);
    }

    private static Task<(string? Text, TextFailure? Failure)> RunAsync(TextProcess process, string file, string type = "") =>
        RunAsync(process, new MemoryStream(Encoding.UTF8.GetBytes(file)), type);

    private static async Task<(string? Text, TextFailure? Failure)> RunAsync(TextProcess process, Stream file, string type)
    {
        var (text, failure) = await process.ReadAsync(file, type, default);
        using (text)
        {
            return (text?.ToString(), failure);
        }
    }
}
