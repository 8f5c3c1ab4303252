namespace StratAI.RateLimiting.Tests;

/// <summary>Tests that keep the machine busy: one after another, and beside no others, whose deadlines they could miss.</summary>
[CollectionDefinition(nameof(FullLoad), DisableParallelization = true)]
public sealed class FullLoad;
