using StratAI.Host.Errors;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>What the sender of a refused upload is told.</summary>
internal static class UploadProblems
{
    private static readonly TimeSpan ScanRetry = TimeSpan.FromSeconds(30);

    public static Problem Of(UploadRefusal refusal) => refusal.Reason switch
    {
        UploadRefusalReason.TooLarge => new(413, refusal.Code, refusal.Detail),
        UploadRefusalReason.SizeMismatch or UploadRefusalReason.HashMismatch or UploadRefusalReason.Rejected => new(422, refusal.Code, refusal.Detail),
        UploadRefusalReason.ScanFailed => new(503, refusal.Code, refusal.Detail) { RetryAfter = ScanRetry },
        _ => new(415, refusal.Code, refusal.Detail),
    };
}
