using System.ComponentModel;
using System.Text.Json;

namespace StratAI.Benchmarks.Caching;

/// <summary>What the benchmarks cache: about 1 KB of JSON, and shared by all caches without a copy.</summary>
[ImmutableObject(true)]
public sealed record Article(Guid Id, string Title, string Body, DateTimeOffset CreatedAt)
{
    public static Article Sample { get; } =
        new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"), "Benchmarks", string.Concat(Enumerable.Repeat("Measured, not guessed. ", 38)), DateTimeOffset.UnixEpoch);

    public static byte[] SampleJson { get; } = JsonSerializer.SerializeToUtf8Bytes(Sample);
}
