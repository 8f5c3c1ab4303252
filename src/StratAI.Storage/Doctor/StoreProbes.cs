using System.Globalization;

namespace StratAI.Storage.Doctor;

/// <summary>What every store should do.</summary>
internal static class StoreProbes
{
    private const int Writers = 4;

    public static IReadOnlyList<Probe> All { get; } =
    [
        new("write, read, look up, delete", "storing, reading and deleting", true, WriteAsync),
        new("listing in key order, from any key", "lists, copying to a mirror", true, ListAsync),
        new("byte range", "downloads that resume, media", true, RangeAsync),
        new("conditional GET (304, 412)", "caches, reads of one version", true, ConditionAsync),
        new("conditional PUT (If-None-Match: *)", "OnlyIfAbsent", false, OnlyIfAbsentAsync),
        new("copy", "CopyAsync, changing type or metadata", true, CopyAsync),
        new("delete many", "DeleteManyAsync", true, DeleteManyAsync),
        new("type and metadata", "serving under the right type", true, MetadataAsync),
        new("keys of unicode, and of 1,024 bytes", "any key", true, KeysAsync),
        new("latency", "none; for information", false, LatencyAsync),
    ];

    private static async Task<Finding> WriteAsync(Patient patient, CancellationToken cancellationToken)
    {
        await patient.PutAsync("first", "hello", null, cancellationToken).ConfigureAwait(false);
        var read = await patient.ReadAsync("first", null, cancellationToken).ConfigureAwait(false);
        var info = await patient.Store.StatAsync(patient.Key("first"), cancellationToken).ConfigureAwait(false);
        await patient.Store.DeleteAsync(patient.Key("first"), cancellationToken).ConfigureAwait(false);
        var gone = !await patient.ExistsAsync("first", cancellationToken).ConfigureAwait(false);
        return read != "hello" || info?.Size != 5 ? new(false, "What was written was not what was read.")
            : gone ? new(true, "Written, read and deleted.")
            : new(false, "An object that was deleted is still there.");
    }

    private static async Task<Finding> ListAsync(Patient patient, CancellationToken cancellationToken)
    {
        // In the order of their bytes, which is not that of any language.
        string[] names = ["list/B", "list/a", "list/a-b", "list/a/b", "list/a0", "list/é"];
        foreach (var name in names.Reverse())
        {
            await patient.PutAsync(name, "x", null, cancellationToken).ConfigureAwait(false);
        }

        var keys = names.Select(patient.Key).ToList();
        var prefix = keys[0][..^1];
        if (!keys.SequenceEqual(await KeysAsync(null).ConfigureAwait(false)))
        {
            return new(false, "The listing is not in the order of the keys' bytes, or not complete.");
        }

        return keys[3..].SequenceEqual(await KeysAsync(keys[2]).ConfigureAwait(false))
            ? new(true, "In order, and from a key.")
            : new(false, "A listing does not begin behind the key it is given.");

        async Task<List<string>> KeysAsync(string? after)
        {
            var listed = new List<string>();
            await foreach (var info in patient.Store.ListAsync(prefix, after, cancellationToken).ConfigureAwait(false))
            {
                listed.Add(info.Key);
            }

            return listed;
        }
    }

    private static async Task<Finding> RangeAsync(Patient patient, CancellationToken cancellationToken)
    {
        await patient.PutAsync("digits", "0123456789", null, cancellationToken).ConfigureAwait(false);
        try
        {
            return await patient.ReadAsync("digits", new() { Range = new(3, 4) }, cancellationToken).ConfigureAwait(false) == "3456"
                ? new(true, "Just the bytes asked for.")
                : new(false, "Other bytes than those asked for.");
        }
        catch (ObjectStoreException) when (!cancellationToken.IsCancellationRequested)
        {
            // The whole object is what a server answers that does not know ranges, and the store refuses it.
            return new(false, "The range was not served.");
        }
    }

    private static async Task<Finding> ConditionAsync(Patient patient, CancellationToken cancellationToken)
    {
        var info = await patient.PutAsync("version", "one", null, cancellationToken).ConfigureAwait(false);
        var same = await FailureAsync(new() { IfNoneMatch = info.ETag }).ConfigureAwait(false);
        var other = await FailureAsync(new() { IfMatch = "0" + info.ETag }).ConfigureAwait(false);
        return (same, other) switch
        {
            (ObjectStoreFailure.NotModified, ObjectStoreFailure.PreconditionFailed) => new(true, "Both are decided."),
            (ObjectStoreFailure.NotModified, _) => new(false, "If-Match is ignored."),
            (_, ObjectStoreFailure.PreconditionFailed) => new(false, "If-None-Match is ignored."),
            _ => new(false, "Conditions are ignored."),
        };

        async Task<ObjectStoreFailure?> FailureAsync(GetOptions options)
        {
            try
            {
                await patient.ReadAsync("version", options, cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (ObjectStoreException exception) when (exception.Failure is not (ObjectStoreFailure.Unavailable or ObjectStoreFailure.Denied))
            {
                return exception.Failure;
            }
        }
    }

    private static async Task<Finding> OnlyIfAbsentAsync(Patient patient, CancellationToken cancellationToken)
    {
        var writers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => TryAsync())).ConfigureAwait(false);
        var won = writers.Count(outcome => outcome);
        return won == 1 && !await TryAsync().ConfigureAwait(false)
            ? new(true, $"Of {Writers} writers at once, one won.")
            : new(false, $"Of {Writers} writers at once, {won} won; {(won == 1 ? "a later one overwrote the object" : "it should be one")}.");

        async Task<bool> TryAsync()
        {
            try
            {
                await patient.PutAsync("once", "x", new() { OnlyIfAbsent = true }, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (ObjectStoreException exception) when (exception.Failure != ObjectStoreFailure.Denied)
            {
                // Some servers tell a writer that lost the race to try again.
                return false;
            }
        }
    }

    private static async Task<Finding> CopyAsync(Patient patient, CancellationToken cancellationToken)
    {
        await patient.PutAsync("source", "copied", new() { ContentType = "text/plain" }, cancellationToken).ConfigureAwait(false);
        await patient.Store.CopyAsync(patient.Key("source"), patient.Key("copy é+"), new() { ContentType = "text/csv" }, cancellationToken).ConfigureAwait(false);
        var text = await patient.ReadAsync("copy é+", null, cancellationToken).ConfigureAwait(false);
        var info = await patient.Store.StatAsync(patient.Key("copy é+"), cancellationToken).ConfigureAwait(false);
        return text != "copied" ? new(false, "The copy has other bytes, or does not exist.")
            : info?.ContentType != "text/csv" ? new(false, "The copy has the type of its source, not the one asked for.")
            : new(true, "With a type of its own.");
    }

    private static async Task<Finding> DeleteManyAsync(Patient patient, CancellationToken cancellationToken)
    {
        string[] names = ["many/1", "many/é &+"];
        foreach (var name in names)
        {
            await patient.PutAsync(name, "x", null, cancellationToken).ConfigureAwait(false);
        }

        var failures = await patient.Store.DeleteManyAsync([.. names.Select(patient.Key), patient.Key("many/none")], cancellationToken).ConfigureAwait(false);
        var left = 0;
        foreach (var name in names)
        {
            left += await patient.ExistsAsync(name, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        return failures.Count == 0 && left == 0 ? new(true, "All by one request.") : new(false, $"{left} of {names.Length} objects are still there.");
    }

    private static async Task<Finding> MetadataAsync(Patient patient, CancellationToken cancellationToken)
    {
        var options = new PutOptions { ContentType = "text/plain; charset=utf-8", Metadata = new Dictionary<string, string> { ["doctor-note"] = "a  b=c&d" } };
        await patient.PutAsync("described", "x", options, cancellationToken).ConfigureAwait(false);
        var info = await patient.Store.StatAsync(patient.Key("described"), cancellationToken).ConfigureAwait(false);
        return info?.ContentType != options.ContentType ? new(false, $"The type came back as '{info?.ContentType}'.")
            : info.Metadata.GetValueOrDefault("doctor-note") != "a  b=c&d" ? new(false, "Metadata did not come back as it was.")
            : new(true, "Both came back as they were.");
    }

    private static async Task<Finding> KeysAsync(Patient patient, CancellationToken cancellationToken)
    {
        const string Unicode = "Übersicht (1) + 100% ~ 日本 & 🙂.txt";
        await patient.PutAsync(Unicode, "unicode", null, cancellationToken).ConfigureAwait(false);
        if (await patient.ReadAsync(Unicode, null, cancellationToken).ConfigureAwait(false) != "unicode")
        {
            return new(false, "A key with unicode and signs does not come back.");
        }

        await patient.Store.PutAsync(patient.LongestKey(), new MemoryStream([1]), null, cancellationToken).ConfigureAwait(false);
        var found = await patient.Store.StatAsync(patient.LongestKey(), cancellationToken).ConfigureAwait(false) is not null;
        return found ? new(true, "Both.") : new(false, "A key of 1,024 bytes does not come back.");
    }

    private static async Task<Finding> LatencyAsync(Patient patient, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var start = patient.Time.GetTimestamp();
            await patient.ExistsAsync("digits", cancellationToken).ConfigureAwait(false);
            times.Add(patient.Time.GetElapsedTime(start).TotalMilliseconds);
        }

        return new(true, string.Create(CultureInfo.InvariantCulture, $"A look-up takes {times.Order().ElementAt(2):0.0} ms (median of 5)."));
    }
}
