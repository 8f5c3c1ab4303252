namespace StratAI.Storage.Tests.Testing;

/// <summary>A scanner that does what the test says, and remembers what it was shown.</summary>
public sealed class ScriptedScanner(Func<ScanInput, CancellationToken, ValueTask<ScanVerdict>> scan) : IUploadScanner
{
    public ScriptedScanner(ScanVerdict verdict)
        : this((_, _) => ValueTask.FromResult(verdict))
    {
    }

    public List<ScanInput> Seen { get; } = [];

    public ValueTask<ScanVerdict> ScanAsync(ScanInput input, CancellationToken cancellationToken)
    {
        Seen.Add(input);
        return scan(input, cancellationToken);
    }
}
