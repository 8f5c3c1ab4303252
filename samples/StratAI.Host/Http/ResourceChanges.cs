using StratAI.Host.Database;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>What every change of one resource does: find and lock it, see whether the caller may change it, change it, all in one transaction.</summary>
internal static class ResourceChanges
{
    /// <summary>Finds the resource and stores what <paramref name="change"/> makes of it, unless either names a problem: then nothing is changed.</summary>
    public static Task<(T? Resource, Problem? Problem)> ChangeAsync<T>(
        this AppDatabase database,
        Func<UnitOfWork, Task<(T? Resource, Problem? Problem)>> find,
        Func<UnitOfWork, T, Task<(T Resource, Problem? Problem)>> change,
        CancellationToken cancellation)
        where T : class => database.WriteAsync(
            async work =>
            {
                var (resource, problem) = await find(work);
                if (problem is null)
                {
                    (resource, problem) = await change(work, resource!);
                }

                if (problem is not null)
                {
                    work.Abandon();
                }

                return (resource, problem);
            },
            cancellation);

    /// <summary>Finds the resource and deletes it by <paramref name="sql"/>, a statement over <c>@id</c>.</summary>
    public static Task<(T? Resource, Problem? Problem)> DeleteAsync<T>(
        this AppDatabase database, Func<UnitOfWork, Task<(T? Resource, Problem? Problem)>> find, string sql, Guid id, CancellationToken cancellation)
        where T : class => database.ChangeAsync(
            find,
            async (work, resource) =>
            {
                await work.ExecuteAsync(sql, new { id });
                return (resource, null);
            },
            cancellation);
}
