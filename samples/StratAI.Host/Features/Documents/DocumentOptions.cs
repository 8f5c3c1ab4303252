namespace StratAI.Host.Features.Documents;

/// <summary>Section <c>Documents</c> of the configuration.</summary>
internal sealed class DocumentOptions
{
    /// <summary>Whether documents of one user with the same bytes share one object. Default false: each has its own.</summary>
    public bool Deduplicate { get; set; }
}
