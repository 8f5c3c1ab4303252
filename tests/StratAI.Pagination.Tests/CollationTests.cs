using System.Data.Common;
using Microsoft.Data.Sqlite;
using StratAI.Pagination.Tests.Engines;

namespace StratAI.Pagination.Tests;

/// <summary>Texts that every collation puts in another order, some of them equal in one and different in the next.</summary>
public sealed class CollationTests
{
    private static readonly string[] Titles = ["a", "A", "b", "B", "ä", "Ä", "z", "Z", "_", "-a", "a b", "ab", "Å", "é", "e", "E", "ß", "ss", "10", "9", ""];

    private readonly Pager _pager = TestPagers.Create();

    [Fact]
    public async Task A_walk_in_PostgreSQL_has_the_order_of_the_collation_that_is_stated()
    {
        await using var database = await ScratchDatabase.CreateAsync();
        // Not deterministic: it calls texts equal that differ in case or accent, and such texts tie.
        await database.RunScriptAsync("""
            CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
            CREATE TABLE items (id bigint PRIMARY KEY, title text COLLATE "sv-x-icu");
            """);
        await using var connection = await database.Source.OpenConnectionAsync();
        await FillAsync(connection);

        await AssertOrderAsync(connection, TextCollation.Column, SqlDialect.PostgreSql, "title");
        await AssertOrderAsync(connection, TextCollation.Binary, SqlDialect.PostgreSql, "title COLLATE \"C\"");
        await AssertOrderAsync(connection, TextCollation.Named("und-x-icu"), SqlDialect.PostgreSql, "title COLLATE \"und-x-icu\"");
        await AssertOrderAsync(connection, TextCollation.Named("folded"), SqlDialect.PostgreSql, "title COLLATE folded");
    }

    [Fact]
    public async Task A_walk_in_SQLite_has_the_order_of_the_collation_that_is_stated()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using (var create = new SqliteCommand("CREATE TABLE items (id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE)", connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        await FillAsync(connection);

        await AssertOrderAsync(connection, TextCollation.Column, SqlDialect.Sqlite, "title");
        await AssertOrderAsync(connection, TextCollation.Binary, SqlDialect.Sqlite, "title COLLATE BINARY");
        await AssertOrderAsync(connection, TextCollation.Named("RTRIM"), SqlDialect.Sqlite, "title COLLATE RTRIM");
    }

    private static async Task FillAsync(DbConnection connection)
    {
        foreach (var (index, title) in Titles.Index())
        {
            await using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO items (id, title) VALUES (@id, @title), (@twin, @title)";
            Add(insert, "id", (long)index);
            Add(insert, "twin", (long)index + 100);
            Add(insert, "title", title);
            await insert.ExecuteNonQueryAsync();
        }

        await using var nulls = connection.CreateCommand();
        nulls.CommandText = "INSERT INTO items (id, title) VALUES (1000, NULL), (1001, NULL)";
        await nulls.ExecuteNonQueryAsync();
    }

    private async Task AssertOrderAsync(DbConnection connection, TextCollation collation, SqlDialect dialect, string orderBy)
    {
        var order = PageOrder<Row>.Create(build => build
            .Key("title", row => row.Title, "i.title", nullable: true, collation).TieBreaker("id", row => row.Id, "i.id"));
        foreach (var (sort, direction) in new[] { ("title", ""), ("-title", " DESC"), ("title,-id", "") })
        {
            var expected = await IdsAsync(connection, $"SELECT id FROM items ORDER BY {orderBy}{direction} NULLS LAST, id{(sort == "title" ? "" : " DESC")}");
            var forward = await WalkAsync(page => page.NextCursor, sort, null);
            Assert.Equal(expected, forward.Ids);
            var back = await WalkAsync(page => page.PrevCursor, sort, forward.Last.PrevCursor);
            Assert.Equal(expected.SkipLast(forward.LastCount), back.Ids.Order(Comparer<long>.Create((left, right) => expected.IndexOf(left) - expected.IndexOf(right))));
        }

        async Task<(List<long> Ids, PageInfo Last, int LastCount)> WalkAsync(Func<PageInfo, string?> onward, string sort, string? cursor)
        {
            var allowsId = PageOrder<Row>.Create(build => build
                .Key("title", row => row.Title, "i.title", nullable: true, collation).Key("id", row => row.Id, "i.id").TieBreaker("id", row => row.Id, "i.id"));
            var ids = new List<long>();
            Page<Row> page;
            do
            {
                var request = new PageRequest { Sort = sort, Limit = 3, Cursor = cursor };
                var plan = _pager.Plan(sort.Contains("id", StringComparison.Ordinal) ? allowsId : order, request, TestPagers.Scope, dialect);
                await using var command = connection.CreateCommand();
                plan.Compose("i.id, i.title", "items i", "").Bind(command);
                await using var reader = await command.ExecuteReaderAsync();
                page = await plan.ReadAsync(reader, record => new(record.GetInt64(0), record.IsDBNull(1) ? null : record.GetString(1)));
                ids.AddRange(page.Data.Select(row => row.Id));
                cursor = onward(page.Pagination);
                Assert.True(ids.Count < 200, "The walk does not end.");
            }
            while (cursor is not null);

            return (ids, page.Pagination, page.Data.Count);
        }
    }

    private static async Task<List<long>> IdsAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<long>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private sealed record Row(long Id, string? Title);
}
