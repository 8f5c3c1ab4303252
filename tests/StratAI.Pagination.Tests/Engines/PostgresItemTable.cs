using System.Data.Common;
using Npgsql;
using StratAI.Testing;

namespace StratAI.Pagination.Tests.Engines;

internal sealed class PostgresItemTable(DbConnection connection) : SqlItemTable(connection)
{
    public override SqlDialect Dialect => SqlDialect.PostgreSql;

    public override long Tick => TimeSpan.TicksPerMicrosecond;

    public static async Task<ItemTable> CreateAsync()
    {
        // Not pooled: the temporary table goes with the connection.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var table = new PostgresItemTable(connection);
        await table.RunAsync("""
            CREATE TEMPORARY TABLE items (
                batch int NOT NULL, id uuid NOT NULL, rank int NOT NULL, score bigint, label text NOT NULL, note text, created_at timestamptz NOT NULL,
                seen_at timestamptz, due date, price numeric NOT NULL, done boolean NOT NULL, weight double precision NOT NULL, level smallint NOT NULL,
                opens time, checked boolean, reviewed smallint, parent uuid)
            """);
        return table;
    }

    public override Task FillAsync(int batch, int count) => RunAsync(
        """
        INSERT INTO items (batch, id, rank, label, created_at, price, done, weight, level)
        SELECT @batch, gen_random_uuid(), 0, '', now(), 0, false, 0, 0 FROM generate_series(1, @count)
        """,
        ("batch", batch), ("count", count));

    protected override object Stored(object value) => value;

    protected override Item Read(DbDataReader reader) => new()
    {
        Id = reader.GetFieldValue<Guid>(1),
        Rank = reader.GetInt32(2),
        Score = reader.IsDBNull(3) ? null : reader.GetInt64(3),
        Label = reader.GetString(4),
        Note = reader.IsDBNull(5) ? null : reader.GetString(5),
        CreatedAt = reader.GetDateTime(6),
        SeenAt = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
        Due = reader.IsDBNull(8) ? null : reader.GetFieldValue<DateOnly>(8),
        Price = reader.GetDecimal(9),
        Done = reader.GetBoolean(10),
        Weight = reader.GetDouble(11),
        Level = (Level)reader.GetInt16(12),
        Opens = reader.IsDBNull(13) ? null : reader.GetFieldValue<TimeOnly>(13),
        Checked = reader.IsDBNull(14) ? null : reader.GetBoolean(14),
        Reviewed = reader.IsDBNull(15) ? null : (Level)reader.GetInt16(15),
        Parent = reader.IsDBNull(16) ? null : reader.GetGuid(16),
    };
}
