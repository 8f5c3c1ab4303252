namespace StratAI.Pagination;

/// <summary>
/// Endpoint metadata that says by what a list can be sorted, for its description. A minimal API endpoint gets it by <c>WithPageOrder</c>;
/// on a controller action, write an attribute that implements it.
/// </summary>
public interface IPageOrderMetadata
{
    /// <summary>The list's order.</summary>
    PageOrder Order { get; }
}
