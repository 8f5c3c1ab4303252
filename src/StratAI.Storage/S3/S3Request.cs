namespace StratAI.Storage.S3;

/// <summary>A request on one object, or, without a key, on the bucket.</summary>
internal sealed record S3Request(HttpMethod Method, string? Key)
{
    /// <summary>Parameters of the URL.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>Headers to send, names in lower case; those of Amazon are signed.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The bytes to ask for.</summary>
    public ByteRange? Range { get; init; }

    /// <summary>The body.</summary>
    public HttpContent? Content { get; init; }
}
