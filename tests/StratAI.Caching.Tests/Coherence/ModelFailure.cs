namespace StratAI.Caching.Tests.Coherence;

/// <summary>A read returned what it may not, or a call did not end as it should.</summary>
internal sealed class ModelFailure(string message) : Exception(message);
