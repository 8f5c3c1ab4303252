using System.Diagnostics.CodeAnalysis;

namespace StratAI.Storage;

/// <summary>What became of an upload: exactly one of <see cref="Accepted"/> and <see cref="Refusal"/> is set.</summary>
public sealed class UploadResult
{
    internal UploadResult(Upload accepted) => Accepted = accepted;

    internal UploadResult(UploadRefusal refusal) => Refusal = refusal;

    /// <summary>Whether it passed every check.</summary>
    [MemberNotNullWhen(true, nameof(Accepted))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAccepted => Accepted is not null;

    /// <summary>The upload, which the caller disposes.</summary>
    public Upload? Accepted { get; }

    /// <summary>Why it was not taken.</summary>
    public UploadRefusal? Refusal { get; }
}
