using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratAI.RateLimiting.AspNetCore.Administration;

/// <summary>What the administration's endpoints read and answer. Times are in the form <c>00:01:00</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PoliciesAnswer))]
[JsonSerializable(typeof(BucketsAnswer))]
[JsonSerializable(typeof(PeekAnswer))]
[JsonSerializable(typeof(ResetAnswer))]
[JsonSerializable(typeof(BucketQuestion))]
internal sealed partial class AdministrationJson : JsonSerializerContext;

internal sealed record PoliciesAnswer(bool IsDistributed, IReadOnlyList<PolicyView> Policies);

/// <summary>A policy as it applies now. Overrides go by key, which is personal data: they are counted.</summary>
internal sealed record PolicyView(
    string Name,
    RateLimitAlgorithm Algorithm,
    long PermitLimit,
    TimeSpan Window,
    bool Shadow,
    OutageBehavior Outage,
    TimeSpan LocalShareFor,
    long BlockSize,
    IDictionary<string, RateLimitPlan> Plans,
    int Overrides)
{
    public static PolicyView Of(string name, RateLimitPolicy policy) => new(
        name, policy.Algorithm, policy.PermitLimit, policy.Window, policy.Shadow, policy.Outage, policy.LocalShareFor, policy.BlockSize, policy.Plans,
        policy.Overrides.Count);
}

internal sealed record BucketsAnswer(IReadOnlyList<BucketEntry> Buckets, bool IsTruncated);

internal sealed record BucketEntry(string KeyHash, long Limit, long? Remaining, TimeSpan ResetAfter)
{
    public static BucketEntry Of(RateLimitBucket bucket) =>
        new(bucket.KeyHash, bucket.Status.Limit, bucket.Status.Remaining, bucket.Status.ResetAfter);
}

/// <summary>An exempt key has no bucket.</summary>
internal sealed record PeekAnswer(bool IsExempt, long? Limit = null, TimeSpan? Window = null, long? Remaining = null, TimeSpan? ResetAfter = null);

internal sealed record ResetAnswer(bool WasInUse);

internal sealed record BucketQuestion(string? Key, string? Plan, string? Group);
