using System.Globalization;

namespace StratAI.Benchmarks.Storage;

/// <summary>What a process holds of the machine's memory, as Linux counts it.</summary>
internal sealed class ResidentMemory(int processId)
{
    /// <summary>Bytes held now.</summary>
    public long Now => Read("VmRSS:");

    /// <summary>The most held since the start, or since <see cref="ForgetPeak"/>, in bytes; the kernel's own count, which misses no peak between two looks.</summary>
    public long Peak => Read("VmHWM:");

    public void ForgetPeak() => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    private long Read(string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
