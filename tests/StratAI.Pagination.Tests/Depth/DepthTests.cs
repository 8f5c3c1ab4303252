using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace StratAI.Pagination.Tests.Depth;

/// <summary>That a page costs the same wherever it lies: what PostgreSQL reads for one of a million rows.</summary>
public sealed class DepthTests(MillionTasks tasks) : IClassFixture<MillionTasks>
{
    private const int Limit = 50;
    private const int Depth = 900_000;

    private readonly Pager _pager = TestPagers.Create();

    // Uniform, mixed and nullable orders, the nullable key first, last and alone.
    private static readonly string[] All =
        ["createdAt", "-createdAt", "title", "-titleBytes", "-priority,createdAt", "priority,-createdAt", "dueDate", "-dueDate", "priority,-dueDate", "-dueDate,priority"];

    public static TheoryData<string> Sorts => new(All);

    [Theory]
    [MemberData(nameof(Sorts))]
    public async Task A_page_reads_its_own_rows_and_one_more_wherever_it_lies(string sort)
    {
        var deep = await PageAsync(new PageRequest { Sort = sort, Offset = Depth, Limit = Limit });
        var next = await PageAsync(new PageRequest { Sort = sort, Cursor = deep.Pagination.NextCursor, Limit = Limit });

        AssertReadsLittle(await ExplainAsync(new PageRequest { Sort = sort, Limit = Limit }), isFirst: true);
        AssertReadsLittle(await ExplainAsync(new PageRequest { Sort = sort, Cursor = deep.Pagination.NextCursor, Limit = Limit }));
        AssertReadsLittle(await ExplainAsync(new PageRequest { Sort = sort, Cursor = next.Pagination.PrevCursor, Limit = Limit }));

        static void AssertReadsLittle(Plan plan, bool isFirst = false)
        {
            Assert.InRange(plan.RowsRead, Limit, Limit + 1);
            AssertInIndex(plan, isFirst);
        }
    }

    /// <summary>LINQ cannot say NULLS LAST, so a nullable key behind the first has an index only where nulls come last by themselves.</summary>
    public static TheoryData<string> QuerySorts => new(All.Where(sort => sort != "priority,-dueDate").Append("priority,dueDate"));

    [Theory]
    [MemberData(nameof(QuerySorts))]
    public async Task Through_a_query_each_range_reads_no_more_than_a_page(string sort)
    {
        var order = sort.Replace("titleBytes", "title", StringComparison.Ordinal);
        var deep = await PageAsync(new PageRequest { Sort = order, Offset = Depth, Limit = Limit });
        var request = new PageRequest { Sort = order, Cursor = deep.Pagination.NextCursor, Limit = Limit };
        var plan = await ExplainQueryAsync(request);

        Assert.InRange(plan.RowsRead, Limit, (Limit + 1) * plan.Scans.Count());
        AssertInIndex(plan, isFirst: false);
        await using var context = tasks.Open();
        var viaQuery = await Planned(request).QueryAsync(context.Tasks.Where(task => task.OwnerId == 1));
        Assert.Equal((await PageAsync(request)).Data.Select(task => task.Id), viaQuery.Data.Select(task => task.Id));
    }

    [Fact]
    public async Task An_estimate_is_the_planners_and_costs_no_count()
    {
        var page = await PageAsync(new PageRequest { Offset = 0, Limit = Limit, Count = CountMode.Estimated });
        Assert.Equal(TotalPrecision.Estimated, page.Pagination.Precision);
        Assert.InRange(page.Pagination.Total!.Value, MillionTasks.Rows * 9 / 10, MillionTasks.Rows * 11 / 10);

        var filtered = await PageAsync(new PageRequest { Offset = 0, Limit = Limit, Count = CountMode.Estimated }, " AND t.priority = @priority", ("priority", 2));
        Assert.InRange(filtered.Pagination.Total!.Value, MillionTasks.Rows / 5, MillionTasks.Rows / 3);

        // The planner never expects less than one row; the page knows better.
        var empty = await PageAsync(new PageRequest { Offset = 0, Limit = Limit, Count = CountMode.Estimated }, " AND t.priority = @priority", ("priority", 9));
        Assert.Equal((0, TotalPrecision.Exact), (empty.Pagination.Total, empty.Pagination.Precision));
        var last = await PageAsync(new PageRequest { Offset = MillionTasks.Rows - 5, Limit = Limit, Count = CountMode.Estimated });
        Assert.Equal((MillionTasks.Rows, TotalPrecision.Exact), (last.Pagination.Total, last.Pagination.Precision));
    }

    [Theory]
    [InlineData(CountMode.Exact, MillionTasks.Rows, TotalPrecision.Exact)]
    [InlineData(CountMode.Capped, 10_000, TotalPrecision.AtLeast)]
    public async Task A_count_of_a_million_says_how_precise_it_is(CountMode mode, long total, TotalPrecision precision)
    {
        var page = await PageAsync(new PageRequest { Offset = 0, Limit = 1, Count = mode });
        Assert.Equal((total, precision), (page.Pagination.Total, page.Pagination.Precision));

        // What was skipped to get here is there too.
        var deep = await PageAsync(new PageRequest { Offset = 20_000, Limit = 1, Count = mode });
        Assert.Equal((Math.Max(total, 20_002), precision), (deep.Pagination.Total, deep.Pagination.Precision));
    }

    [Fact]
    public async Task The_first_rows_of_many_lists_are_a_short_scan_each()
    {
        var lists = _pager.PlanBatch(TaskRow.Order, [0, 1, 2, 3], 3, _ => TestPagers.Scope, SqlDialect.PostgreSql, "createdAt");
        var sql = lists.Compose("t.*", "tasks t", "t.owner_id = 1", "t.priority");

        var plan = await Plan.OfAsync(tasks.Database.Source, sql.Text, sql.Parameters.Select(parameter => (parameter.Key, parameter.Value)));

        // Three rows and the one that tells of more; numbering them looks one further ahead.
        Assert.InRange(plan.RowsRead, 16, 20);
        Assert.All(plan.Scans, scan => Assert.Contains("priority", Plan.Text(scan, "Index Cond"), StringComparison.Ordinal));
    }

    private static void AssertInIndex(Plan plan, bool isFirst)
    {
        Assert.NotEmpty(plan.Scans);
        Assert.All(plan.Scans, scan =>
        {
            Assert.StartsWith("Index", Plan.Text(scan, "Node Type"), StringComparison.Ordinal);
            Assert.Empty(Plan.Text(scan, "Filter"));
            var condition = Plan.Text(scan, "Index Cond");
            Assert.Contains("owner_id", condition, StringComparison.Ordinal);
            Assert.True(isFirst || condition.Contains(" AND ", StringComparison.Ordinal), $"The index is read from its beginning: {condition}");
        });
        Assert.DoesNotContain("Incremental Sort", plan.Types);
    }

    private PagePlan<TaskRow> Planned(PageRequest request)
    {
        var plan = _pager.Plan(TaskRow.Order, request, TestPagers.Scope, SqlDialect.PostgreSql);
        Assert.Null(plan.Error);
        return plan;
    }

    private static PageSql Compose(PagePlan<TaskRow> plan, string filter = "") => plan.Compose(MillionTasks.Columns, "tasks t", $"t.owner_id = 1{filter}");

    private async Task<Page<TaskRow>> PageAsync(PageRequest request, string filter = "", params (string Name, object Value)[] parameters)
    {
        var plan = Planned(request);
        await using var command = tasks.Database.Source.CreateCommand();
        Compose(plan, filter).Bind(command);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await using var reader = await command.ExecuteReaderAsync();
        return await plan.ReadAsync(reader, TaskRow.Read);
    }

    private Task<Plan> ExplainAsync(PageRequest request)
    {
        var sql = Compose(Planned(request));
        return Plan.OfAsync(tasks.Database.Source, sql.Text, sql.Parameters.Select(parameter => (parameter.Key, parameter.Value)));
    }

    private async Task<Plan> ExplainQueryAsync(PageRequest request)
    {
        var seen = new Statements();
        await using var context = tasks.Open(seen);
        await Planned(request).QueryAsync(context.Tasks.Where(task => task.OwnerId == 1));
        var (text, parameters) = Assert.Single(seen.All);
        return await Plan.OfAsync(tasks.Database.Source, text, parameters);
    }

    private sealed class Statements : DbCommandInterceptor
    {
        public List<(string Text, List<(string Name, object? Value)> Parameters)> All { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            All.Add((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(parameter => (parameter.ParameterName, parameter.Value))]));
            return new(result);
        }
    }
}
