using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StratAI.Testing;

/// <summary>
/// Snapshot tests in the call shape and file convention of Verify.Xunit: <c>Class.Method.verified.json</c> beside the test's source, a
/// <c>.received.</c> file on a mismatch, and a missing snapshot is a failure. <c>STRATAI_ACCEPT=1</c> accepts what was received.
/// </summary>
public static class Verifier
{
    /// <summary>Compares <paramref name="target"/>, written as indented JSON (a string: as text), with the snapshot.</summary>
    public static SettingsTask Verify(object target, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "") =>
        new(target, sourceFile, method);
}

/// <summary>A comparison that runs when it is awaited.</summary>
public sealed class SettingsTask(object target, string sourceFile, string method)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Uses <paramref name="name"/> in place of the test method's name in the file's name.</summary>
    public SettingsTask UseMethodName(string name) => new(target, sourceFile, name);

    public TaskAwaiter GetAwaiter() => CompareAsync().GetAwaiter();

    private async Task CompareAsync()
    {
        var (text, extension) = target is string plain ? (plain, "txt") : (JsonSerializer.Serialize(target, Json), "json");
        var received = text.ReplaceLineEndings("\n");
        var stem = Path.Combine(Path.GetDirectoryName(sourceFile)!, $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}");
        var (verifiedPath, receivedPath) = ($"{stem}.verified.{extension}", $"{stem}.received.{extension}");

        var verified = File.Exists(verifiedPath) ? (await File.ReadAllTextAsync(verifiedPath)).ReplaceLineEndings("\n") : null;
        if (received == verified)
        {
            File.Delete(receivedPath);
            return;
        }

        if (Environment.GetEnvironmentVariable("STRATAI_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(verifiedPath, received);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, received);
        if (verified is null)
        {
            Assert.Fail($"There is no snapshot {verifiedPath}; what was received is beside it.");
        }

        Assert.Equal(verified, received);
    }
}
