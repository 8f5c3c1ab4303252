using System.ComponentModel;

namespace StratAI.Caching.Internal;

/// <summary>Bytes that nobody changes: L1 shares them with every reader instead of copying.</summary>
[ImmutableObject(true)]
internal sealed record RawValue(byte[] Bytes);
