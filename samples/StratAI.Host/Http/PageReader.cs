using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Pagination;

namespace StratAI.Host.Http;

/// <summary>Reads the page that a request asks for.</summary>
internal sealed class PageReader(AppDatabase database, Pager pager)
{
    public Dialect Dialect => database.Dialect;

    /// <summary>The page of the rows that match <paramref name="where"/>, whose parameters are in <paramref name="filters"/>; or what is wrong with the request.</summary>
    public async Task<Results<PageResult<T>, Problem>> ReadAsync<T>(
        PageOrder<T> order, PageRequest request, PageScope scope, string select, string from, string where, object filters,
        CancellationToken cancellation)
    {
        var plan = pager.Plan(order, request, scope, database.Dialect.Paging);
        return plan.Error is { } error
            ? new Problem(400, error.Code, error.Detail)
            : new PageResult<T>(await database.PageAsync(plan, select, from, where, filters, cancellation));
    }

    /// <summary>The page of rows that are in memory. They are asked for only where nothing is wrong with the request.</summary>
    public async Task<Results<PageResult<T>, Problem>> ReadAsync<T>(
        PageOrder<T> order, PageRequest request, PageScope scope, Func<Task<(IReadOnlyList<T>? Rows, Problem? Problem)>> read, CancellationToken cancellation)
    {
        var plan = pager.Plan(order, request, scope, database.Dialect.Paging);
        if (plan.Error is { } error)
        {
            return new Problem(400, error.Code, error.Detail);
        }

        var (rows, problem) = await read();
        return problem is not null ? problem : new PageResult<T>(await plan.QueryAsync(rows!.AsQueryable(), cancellation));
    }
}
