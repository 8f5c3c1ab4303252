using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace StratAI.Pagination.Tests.Engines;

/// <summary>SQLite has numbers and texts only: times are texts of one width in UTC, so that they sort as they pass.</summary>
internal sealed class SqliteItemTable(DbConnection connection) : SqlItemTable(connection)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public override SqlDialect Dialect => SqlDialect.Sqlite;

    public override long Tick => 1;

    public static async Task<ItemTable> CreateAsync()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        var table = new SqliteItemTable(connection);
        await table.RunAsync("""
            CREATE TABLE items (
                batch INTEGER NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL, score INTEGER, label TEXT NOT NULL, note TEXT, created_at TEXT NOT NULL,
                seen_at TEXT, due TEXT, price REAL NOT NULL, done INTEGER NOT NULL, weight REAL NOT NULL, level INTEGER NOT NULL,
                opens TEXT, checked INTEGER, reviewed INTEGER, parent TEXT)
            """);
        return table;
    }

    public override Task FillAsync(int batch, int count) => RunAsync(
        """
        WITH RECURSIVE numbers (n) AS (SELECT 1 WHERE @count > 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count)
        INSERT INTO items (batch, id, rank, label, created_at, price, done, weight, level)
        SELECT @batch, printf('%08x-0000-0000-0000-000000000000', n), 0, '', '2026-01-01T00:00:00.0000000Z', 0, 0, 0, 0 FROM numbers
        """,
        ("batch", batch), ("count", count));

    protected override object Stored(object value) => value switch
    {
        Guid id => id.ToString(),
        DateTime time => time.ToString(TimeFormat, CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.fffffff", CultureInfo.InvariantCulture),
        decimal price => (double)price,
        _ => value,
    };

    protected override Item Read(DbDataReader reader) => new()
    {
        Id = Guid.Parse(reader.GetString(1)),
        Rank = reader.GetInt32(2),
        Score = reader.IsDBNull(3) ? null : reader.GetInt64(3),
        Label = reader.GetString(4),
        Note = reader.IsDBNull(5) ? null : reader.GetString(5),
        CreatedAt = Time(reader.GetString(6)),
        SeenAt = reader.IsDBNull(7) ? null : new DateTimeOffset(Time(reader.GetString(7))),
        Due = reader.IsDBNull(8) ? null : DateOnly.Parse(reader.GetString(8), CultureInfo.InvariantCulture),
        Price = (decimal)reader.GetDouble(9),
        Done = reader.GetBoolean(10),
        Weight = reader.GetDouble(11),
        Level = (Level)reader.GetInt16(12),
        Opens = reader.IsDBNull(13) ? null : TimeOnly.ParseExact(reader.GetString(13), "HH:mm:ss.fffffff", CultureInfo.InvariantCulture),
        Checked = reader.IsDBNull(14) ? null : reader.GetBoolean(14),
        Reviewed = reader.IsDBNull(15) ? null : (Level)reader.GetInt16(15),
        Parent = reader.IsDBNull(16) ? null : Guid.Parse(reader.GetString(16)),
    };

    private static DateTime Time(string text) =>
        DateTime.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
