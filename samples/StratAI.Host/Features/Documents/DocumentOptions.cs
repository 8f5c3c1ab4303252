using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>Section <c>Documents</c> of the configuration.</summary>
internal sealed class DocumentOptions
{
    /// <summary>Whether documents of one user with the same bytes share one object. Default false: each has its own.</summary>
    public bool Deduplicate { get; set; }

    /// <summary>How clients send what goes straight to the object store. Default: PUT.</summary>
    public DirectUploadMethod DirectUploads { get; set; }

    /// <summary>
    /// How content comes to clients. Default: streamed by the host. Redirected, it comes from the object store by a URL that is good for five minutes.
    /// </summary>
    public ObjectDelivery Delivery { get; set; }
}

internal enum DirectUploadMethod
{
    /// <summary>One request whose length and type are bound by its signature.</summary>
    Put,

    /// <summary>A form, for browsers without scripts and for servers that do not hold a PUT to its signed length.</summary>
    Post,
}
