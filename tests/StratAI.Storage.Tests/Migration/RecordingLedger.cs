using System.Data.Common;
using StratAI.Storage.Migration;

namespace StratAI.Storage.Tests.Migration;

public sealed class RecordingLedger : IMigrationLedger
{
    public List<string> Calls { get; } = [];

    public int RefusedCommits { get; set; }

    public Task BeginAsync(string key, Upload upload, CancellationToken cancellationToken) => NoteAsync($"begin {key}");

    public async Task<bool> CommitAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken)
    {
        if (RefusedCommits-- > 0)
        {
            return false;
        }

        await NoteAsync($"commit {row.Key}");
        return true;
    }

    public Task AbandonAsync(string key, CancellationToken cancellationToken) => NoteAsync($"abandon {key}");

    public Task ReleaseAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken) => NoteAsync($"release {row.Key}");

    public Task RemoveAsync(string key, CancellationToken cancellationToken) => NoteAsync($"remove {key}");

    private Task NoteAsync(string call)
    {
        Calls.Add(call);
        return Task.CompletedTask;
    }
}
