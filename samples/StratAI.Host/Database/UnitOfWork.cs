using System.Data.Common;
using Dapper;

namespace StratAI.Host.Database;

/// <summary>The statements of one transaction.</summary>
internal sealed class UnitOfWork(DbTransaction transaction, Dialect dialect, CancellationToken cancellation)
{
    public Dialect Dialect => dialect;

    public bool IsAbandoned { get; private set; }

    /// <summary>Nothing of this transaction is to be kept.</summary>
    public void Abandon() => IsAbandoned = true;

    public Task<int> ExecuteAsync(string sql, object parameters) => transaction.Connection!.ExecuteAsync(Command(sql, parameters));

    public Task<T?> FindAsync<T>(string sql, object parameters) => transaction.Connection!.QueryFirstOrDefaultAsync<T>(Command(sql, parameters));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object parameters) =>
        (await transaction.Connection!.QueryAsync<T>(Command(sql, parameters))).AsList();

    private CommandDefinition Command(string sql, object parameters) => new(sql, parameters, transaction, cancellationToken: cancellation);
}
