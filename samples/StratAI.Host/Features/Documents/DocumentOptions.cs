namespace StratAI.Host.Features.Documents;

/// <summary>Section <c>Documents</c> of the configuration.</summary>
internal sealed class DocumentOptions
{
    /// <summary>Whether documents of one user with the same bytes share one object. Default false: each has its own.</summary>
    public bool Deduplicate { get; set; }

    /// <summary>How clients send what goes straight to the object store. Default: PUT.</summary>
    public DirectUploadMethod DirectUploads { get; set; }
}

internal enum DirectUploadMethod
{
    /// <summary>One request whose length and type are bound by its signature.</summary>
    Put,

    /// <summary>A form, for browsers without scripts and for servers that do not hold a PUT to its signed length.</summary>
    Post,
}
