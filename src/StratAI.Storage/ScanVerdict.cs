using System.Diagnostics.CodeAnalysis;

namespace StratAI.Storage;

/// <summary>What an <see cref="IUploadScanner"/> says of an upload.</summary>
public sealed class ScanVerdict
{
    private ScanVerdict()
    {
    }

    /// <summary>Nothing speaks against it.</summary>
    public static ScanVerdict Clean { get; } = new();

    /// <summary>Whether it is to be refused.</summary>
    [MemberNotNullWhen(true, nameof(Code), nameof(Detail))]
    public bool IsRejected => Code is not null;

    /// <summary>Why it is refused, as a stable code of the scanner's own.</summary>
    public string? Code { get; private init; }

    /// <summary>Why it is refused, in words fit to be shown to the sender.</summary>
    public string? Detail { get; private init; }

    /// <summary>The upload is refused as <see cref="UploadRefusalReason.Rejected"/>.</summary>
    /// <param name="code">A stable code for programs, such as <c>malware</c>.</param>
    /// <param name="detail">The reason in words. The sender sees it.</param>
    /// <exception cref="ArgumentException">Either is empty.</exception>
    public static ScanVerdict Rejected(string code, string detail)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(code);
        ArgumentException.ThrowIfNullOrWhiteSpace(detail);
        return new() { Code = code, Detail = detail };
    }
}
