using StratAI.Host.Database;

namespace StratAI.Host.Features.Scaling;

/// <summary>The instances that are alive, by the database's clock.</summary>
internal sealed class InstanceStore(AppDatabase database)
{
    /// <summary>An instance that has missed three beats and more is gone.</summary>
    private const int AliveSeconds = 20;

    private const int KeptSeconds = 60;

    private string Now => database.Dialect.Clock();

    public Task BeatAsync(Instance self, CancellationToken cancellation) => database.ExecuteAsync(
        $"""
        INSERT INTO instances (name, version, pool_size, memory_mode, objects_mode, master_key, redis, bucket, started_at, beat_at)
        VALUES (@Name, @Version, @PoolSize, @MemoryMode, @ObjectsMode, @MasterKey, @Redis, @Bucket, {Now}, {Now})
        ON CONFLICT (name) DO UPDATE SET redis = excluded.redis, beat_at = excluded.beat_at
        """,
        self,
        cancellation);

    public Task<IReadOnlyList<Instance>> AliveAsync(CancellationToken cancellation) => database.QueryAsync<Instance>(
        // Columns by name: one that a newer version adds would end a prepared statement that reads them all.
        $"""
        SELECT name, version, pool_size, memory_mode, objects_mode, master_key, redis, bucket, started_at, beat_at
        FROM instances WHERE beat_at > {database.Dialect.Clock(-AliveSeconds)} ORDER BY started_at, name
        """,
        new { },
        cancellation);

    public Task LeaveAsync(Instance self, CancellationToken cancellation) =>
        database.ExecuteAsync("DELETE FROM instances WHERE name = @Name", self, cancellation);

    /// <summary>Removes the dead. A data folder has one instance at a time, by its lock: every other one is, however lately it beat.</summary>
    public Task SweepAsync(Instance self, CancellationToken cancellation) => database.ExecuteAsync(
        $"DELETE FROM instances WHERE {(database.IsDistributed ? $"beat_at < {database.Dialect.Clock(-KeptSeconds)}" : "name <> @Name")}", self, cancellation);
}
