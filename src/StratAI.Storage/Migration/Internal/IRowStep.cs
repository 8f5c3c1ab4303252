namespace StratAI.Storage.Migration.Internal;

/// <summary>What is done with every row in some states.</summary>
internal interface IRowStep
{
    /// <summary>Those states, as a list in SQL. A row the step is done with is in none of them.</summary>
    string States { get; }

    /// <summary>Works on a row. Throws what store or database throw, or when the token says that the lease is about to end.</summary>
    Task<RowResult> RunAsync(ClaimedRow row, CancellationToken cancellationToken);
}
