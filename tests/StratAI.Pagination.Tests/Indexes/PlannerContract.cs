using System.Data.Common;
using CsCheck;

namespace StratAI.Pagination.Tests.Indexes;

/// <summary>The check and the engine's planner say the same of random orders and indexes.</summary>
public abstract class PlannerContract : IAsyncLifetime
{
    private const int Iterations = 150;

    private static readonly string[] Columns = ["rank", "score", "title", "note"];

    private readonly Pager _pager = TestPagers.Create();

    private protected abstract SqlDialect Dialect { get; }

    private protected DbConnection Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Connection = await OpenAsync();
        await RunAsync($"{IndexedRow.Table}; CREATE UNIQUE INDEX u ON tasks (owner, id)");
    }

    public async Task DisposeAsync() => await Connection.DisposeAsync();

    [Fact]
    public async Task A_served_order_is_never_sorted_and_another_is()
    {
        var (served, sorted) = (0, 0);
        var terms = Gen.Shuffle(Columns, 1, 3).SelectMany(columns => Gen.Bool.Array[columns.Length].Select(down =>
            columns.Zip(down, (column, descending) => (column, descending)).ToArray()));
        var changes = Gen.Frequency((3, Gen.Const(0)), (2, Gen.Int[1, 127]));

        // One at a time: the index is the database's.
        await Gen.Select(terms.Where(IsHeld), Gen.Bool, changes, Gen.Int[0, 3]).SampleAsync(
            async (sort, reversed, change, at) =>
            {
                var order = string.Join(',', sort.Select(term => $"{(term.descending ? "-" : "")}{term.column}"));
                var index = Index(sort, reversed, change, at);
                await RunAsync($"DROP INDEX IF EXISTS i; CREATE INDEX i ON tasks ({index})");
                var declared = IndexedRow.Order(order);
                var findings = await new PageIndexes().Add(declared, "tasks", ["owner"]).CheckAsync(Connection, Dialect);
                var isServed = !findings.Any(finding => finding is { Problem: PageIndexProblem.MissingIndex } && finding.Order == order);

                var first = await SortsAsync(declared, new PageRequest { Limit = 2 });
                Assert.True(isServed != first, $"{order} by ({index}): served {isServed}, sorted {first}");
                if (isServed)
                {
                    served++;
                    foreach (var cursor in Cursors(declared))
                    {
                        Assert.False(await SortsAsync(declared, new PageRequest { Limit = 2, Cursor = cursor }), $"{order} by ({index})");
                    }
                }
                else
                {
                    sorted++;
                }
            },
            iter: Iterations, threads: 1);

        Assert.InRange(served, Iterations / 10, Iterations);
        Assert.InRange(sorted, Iterations / 10, Iterations);
    }

    private protected abstract Task<DbConnection> OpenAsync();

    /// <summary>Whether some index of the engine can hold the order at all.</summary>
    private protected abstract bool IsHeld((string Column, bool Descending)[] sort);

    /// <summary>Whether the statement's plan sorts, apart from the rows of one page.</summary>
    private protected abstract Task<bool> SortsAsync(DbCommand command, bool isOfRanges);

    private async Task<bool> SortsAsync(PageOrder<IndexedRow> order, PageRequest request)
    {
        var plan = _pager.Plan(order, request, TestPagers.Scope, Dialect);
        Assert.Null(plan.Error);
        var sql = plan.Compose("t.*", "tasks t", "t.owner = @owner");
        await using var command = Connection.CreateCommand();
        sql.Bind(command);
        var owner = command.CreateParameter();
        (owner.ParameterName, owner.Value) = ("owner", 1);
        command.Parameters.Add(owner);
        return await SortsAsync(command, sql.HiddenColumns > 0);
    }

    /// <summary>Onward and back, from positions with and without nulls.</summary>
    private IEnumerable<string?> Cursors(PageOrder<IndexedRow> order)
    {
        foreach (var row in new[] { new IndexedRow(1, 2, 3, "x", "y"), new IndexedRow(1, 2, null, "x", null) })
        {
            var next = Page(null, row, row).NextCursor;
            yield return next;
            yield return Page(next, row).PrevCursor;
        }

        PageInfo Page(string? cursor, params IndexedRow[] rows) =>
            _pager.Plan(order, new PageRequest { Limit = 1, Cursor = cursor }, TestPagers.Scope, Dialect).ToPage(rows).Pagination;
    }

    /// <summary>The index of the order, whole or with something changed about it.</summary>
    private string Index((string Column, bool Descending)[] sort, bool reversed, int change, int at)
    {
        var keys = sort.Append(("id", sort[^1].Descending)).ToList<(string Column, bool Descending)>();
        var texts = keys.ConvertAll(key =>
        {
            var descending = key.Descending != reversed;
            var isLater = key != keys[0] && key.Column is "score" or "note";
            return key.Column + (descending ? " DESC" : "")
                + (isLater && Dialect == SqlDialect.PostgreSql ? reversed ? " NULLS FIRST" : " NULLS LAST" : "");
        });
        at %= texts.Count;
        if ((change & 1) != 0)
        {
            var (column, descending) = keys[at];
            texts[at] = column + (descending == reversed ? " DESC" : "");
        }

        if ((change & 6) == 2)
        {
            (texts[at], texts[^1]) = (texts[^1], texts[at]);
        }

        if ((change & 24) == 8)
        {
            texts.RemoveAt(at);
        }

        if ((change & 32) != 0)
        {
            texts.Insert(at, "deleted");
        }

        if ((change & 64) != 0 && Dialect == SqlDialect.PostgreSql)
        {
            texts[0] = texts[0].Split(" NULLS ")[0] + (texts[0].Contains("NULLS F", StringComparison.Ordinal) ? " NULLS LAST" : " NULLS FIRST");
        }

        return string.Join(", ", texts.Prepend("owner"));
    }

    private protected async Task RunAsync(string sql)
    {
        await using var command = Connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
