namespace StratAI.Caching.Testing;

/// <summary>That the cache of this name is a node of a cluster.</summary>
internal sealed record ClusterChoice(string Name, CacheCluster Cluster);
