using System.Diagnostics;

namespace StratAI.Benchmarks.Storage;

/// <summary><see cref="PeerApp"/> as a process of its own.</summary>
internal static class PeerChild
{
    public static Task<WebChild> StartAsync(string bucket) => WebChild.StartAsync(
        address => new ProcessStartInfo("dotnet", [typeof(PeerChild).Assembly.Location, "storage-peer", address.ToString(), bucket]));
}
