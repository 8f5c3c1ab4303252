namespace StratAI.Storage;

/// <summary>
/// A bucket of an S3-compatible server, addressed by path (<c>endpoint/bucket/key</c>) and signed with AWS Signature Version 4.
/// </summary>
public sealed class S3Options
{
    /// <summary>
    /// Scheme, host and port, such as <c>https://s3.eu-west-1.amazonaws.com</c>. <see langword="null"/> or empty, the default, keeps
    /// objects in files.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// Scheme, host and port in signed URLs, where clients reach the server by another name than the application does; a signature covers
    /// the name. <see langword="null"/> or empty, the default, is <see cref="Endpoint"/>.
    /// </summary>
    public string? PublicEndpoint { get; set; }

    /// <summary>Access key id. Required with <see cref="Endpoint"/>.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Secret access key. Required with <see cref="Endpoint"/>; never logged.</summary>
    public string? SecretKey { get; set; }

    /// <summary>The bucket: 3 to 63 of <c>a-z 0-9 . -</c>. Required with <see cref="Endpoint"/>.</summary>
    public string? Bucket { get; set; }

    /// <summary>The region requests are signed for. Default <c>us-east-1</c>, which servers without regions accept.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>
    /// Make the bucket at first use when it is missing. Default <see langword="false"/>: a missing bucket is <see
    /// cref="ObjectStoreFailure.Unavailable"/>.
    /// </summary>
    public bool CreateBucket { get; set; }

    /// <summary>
    /// How long the server may stay silent, 1 s to 10 min: until it answers, all <see cref="Retries"/> included, and between any two chunks
    /// of a body. Default 15 s. A connection is given up after 3 s or this, whichever is less.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often a request that failed for a passing reason is made again, 0 to 10, where that is safe: not a write with <see
    /// cref="PutOptions.OnlyIfAbsent"/>, nor one whose stream cannot be read again, once the server may have got it. Also how often a body
    /// that breaks off is resumed. Default 2; 0 never.
    /// </summary>
    public int Retries { get; set; } = 2;

    internal bool IsConfigured => !string.IsNullOrWhiteSpace(Endpoint);
}
