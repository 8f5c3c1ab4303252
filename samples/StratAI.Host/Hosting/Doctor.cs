using StratAI.Storage;

namespace StratAI.Host.Hosting;

/// <summary>The command <c>doctor</c>: what the configured object store can do, and which features will work on it.</summary>
internal static class Doctor
{
    public static readonly Command Command = new(
        "doctor",
        "Tries out what the object store can do. Exit code 0: everything that is needed works, 1: something does not.",
        [],
        (services, _, cancellation) => RunAsync(services.GetRequiredService<StorageDoctor>(), Console.Out, cancellation));

    private static async Task<int> RunAsync(StorageDoctor doctor, TextWriter output, CancellationToken cancellation)
    {
        var examination = await doctor.ExamineAsync(cancellation);
        await output.WriteLineAsync($"Objects: {(examination.Mode == "embedded" ? "files (embedded)" : "S3 (distributed)")}\n");
        var name = examination.Probes.Max(probe => probe.Name.Length);
        foreach (var probe in examination.Probes)
        {
            await output.WriteLineAsync($"{StatusOf(probe),-13}  {probe.Name.PadRight(name)}  {probe.Detail}");
        }

        await WriteAsync("Works", examination.Probes.Where(probe => probe.Status == ProbeStatus.Supported));
        await WriteAsync("Does not work", examination.Probes.Where(probe => probe.Status == ProbeStatus.NotSupported));
        await WriteAsync("Not known", examination.Probes.Where(probe => probe.Status == ProbeStatus.Failed));
        return examination.IsSound ? 0 : 1;

        async Task WriteAsync(string title, IEnumerable<ProbeResult> probes)
        {
            var features = probes.Select(probe => probe.NeededFor).Where(feature => !feature.StartsWith("none", StringComparison.Ordinal)).Distinct().ToList();
            if (features.Count > 0)
            {
                await output.WriteLineAsync($"\n{title}: {string.Join("; ", features)}.");
            }
        }
    }

    private static string StatusOf(ProbeResult probe) => probe.Status switch
    {
        ProbeStatus.Supported => "ok",
        ProbeStatus.NotSupported => probe.IsRequired ? "MISSING" : "not supported",
        _ => "FAILED",
    };
}
