using System.Diagnostics;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>
/// Reads the text of a file in a process of its own, which is killed when it takes too long, is held to 256 MB of managed memory, and is given none of
/// this one's environment, where secrets may be.
/// </summary>
internal sealed class TextProcess(string command, IReadOnlyList<string> arguments, TimeSpan limit, TimeProvider time)
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "LD_LIBRARY_PATH"];

    private static readonly (string Name, string Value)[] Runtime =
    [
        // Hexadecimal, in bytes.
        ("DOTNET_GCHeapHardLimit", "10000000"),
        ("DOTNET_gcServer", "0"),
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
    ];

    /// <summary>This program again, as the command that only reads a text.</summary>
    public static TextProcess OfThisProgram(TimeProvider time)
    {
        var assembly = typeof(TextProcess).Assembly;
        var program = Environment.ProcessPath;
        return Path.GetFileNameWithoutExtension(program) == assembly.GetName().Name
            ? new(program!, [TextExtractor.Command], Limit, time)
            : new("dotnet", [assembly.Location, TextExtractor.Command], Limit, time);
    }

    /// <summary>The text, which is to be disposed, or why there is none.</summary>
    public async Task<(DocumentText? Text, TextFailure? Failure)> ReadAsync(Stream file, string contentType, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        using var process = Process.Start(Describe(contentType))!;
        DocumentText? text = null;
        try
        {
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, either.Token);
            var input = SendAsync(file, process.StandardInput.BaseStream, either.Token);
            text = await DocumentText.ReadAsync(process.StandardOutput.BaseStream, DocumentText.MaximumCharacters, either.Token);
            await Task.WhenAll(input, errors, process.WaitForExitAsync(either.Token));
            if (process.ExitCode == 0)
            {
                var read = text;
                text = null;
                return (read, null);
            }

            var failure = (TextFailure)process.ExitCode;
            return (null, failure is TextFailure.Encrypted or TextFailure.TooLarge or TextFailure.Unreadable ? failure : TextFailure.Crashed);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, TextFailure.TimedOut);
        }
        finally
        {
            text?.Dispose();
            await EndAsync(process);
        }
    }

    private ProcessStartInfo Describe(string contentType)
    {
        var start = new ProcessStartInfo(command, [.. arguments, contentType])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, CreateNoWindow = true,
        };
        var kept = Inherited.Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).Where(variable => variable.Value is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept.Concat(Runtime.Select(variable => (variable.Name, (string?)variable.Value))))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task SendAsync(Stream file, Stream input, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            // That the store's stream breaks says nothing of the file: it is thrown, and the file read again later.
            while (await file.ReadAsync(buffer, cancellation) is > 0 and var count && await TryAsync(input.WriteAsync(buffer.AsMemory(0, count), cancellation)))
            {
            }
        }
        finally
        {
            await TryAsync(input.DisposeAsync());
        }
    }

    /// <returns>False where the process has ended before it had read everything; its exit code says why.</returns>
    private static async ValueTask<bool> TryAsync(ValueTask write)
    {
        try
        {
            await write;
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
