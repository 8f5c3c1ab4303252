using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>Section <c>Documents</c> of the configuration.</summary>
internal sealed class DocumentOptions
{
    /// <summary>Whether documents of one user with the same bytes share one object. Default false: each has its own.</summary>
    public bool Deduplicate { get; set; }

    /// <summary>
    /// How content comes to clients. Default: streamed by the host. Redirected, it comes from the object store by a URL that is good for five minutes.
    /// </summary>
    public ObjectDelivery Delivery { get; set; }
}
