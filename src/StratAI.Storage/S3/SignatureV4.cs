using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>
/// Presigned requests on objects by AWS Signature Version 4 ("Authenticating Requests: Using Query Parameters", payload unsigned). The SDK
/// presigns only GET and PUT, no header but the host, and no key beyond 512 characters; the stores need HEAD and DELETE, metadata headers,
/// which
/// AWS accepts only signed, and keys of 1,024 bytes.
/// </summary>
/// <param name="options">Credentials, region and bucket.</param>
/// <param name="endpoint">The server's address as the sender of the requests knows it: the signature covers its name.</param>
internal sealed class SignatureV4(S3Options options, string endpoint)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private readonly Uri _endpoint = new(endpoint);

    /// <summary>Signs a request on an object, or on the bucket.</summary>
    /// <param name="method">Its method, which the signature covers.</param>
    /// <param name="key">A valid key; <see langword="null"/> is the bucket.</param>
    /// <param name="now">When the signature begins to be valid.</param>
    /// <param name="seconds">For how long it is, 1 to 604,800.</param>
    /// <param name="query">Parameters of the URL.</param>
    /// <param name="headers">Headers the request will carry, names in lower case.</param>
    public Uri Sign(
        HttpMethod method,
        string? key,
        DateTimeOffset now,
        long seconds,
        IEnumerable<KeyValuePair<string, string>> query,
        IEnumerable<KeyValuePair<string, string>> headers)
    {
        var timestamp = TimestampOf(now);
        var scope = ScopeOf(timestamp);
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = _endpoint.Authority };
        foreach (var (name, value) in headers)
        {
            signed[name] = string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        var names = string.Join(';', signed.Keys);
        var parameters = new SortedDictionary<string, string>(query.ToDictionary(), StringComparer.Ordinal)
        {
            ["X-Amz-Algorithm"] = Algorithm,
            ["X-Amz-Credential"] = $"{options.AccessKey}/{scope}",
            ["X-Amz-Date"] = timestamp,
            ["X-Amz-Expires"] = seconds.ToString(CultureInfo.InvariantCulture),
            ["X-Amz-SignedHeaders"] = names,
        };

        var path = PathOf(key);
        var canonicalQuery = string.Join(
            '&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var canonicalHeaders = string.Concat(signed.Select(pair => $"{pair.Key}:{pair.Value}\n"));
        var request = string.Join('\n', method.Method, path, canonicalQuery, canonicalHeaders, names, "UNSIGNED-PAYLOAD");
        var requestHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
        var toSign = string.Join('\n', Algorithm, timestamp, scope, requestHash);
        return new($"{BaseAddress}{path}?{canonicalQuery}&X-Amz-Signature={SignText(timestamp, toSign)}");
    }

    /// <summary>The fields that sign a form ("Browser-Based Uploads Using POST"); the policy must have those of them that begin with x-amz- as conditions.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> FieldsOf(DateTimeOffset now) =>
    [
        new("x-amz-algorithm", Algorithm),
        new("x-amz-credential", $"{options.AccessKey}/{ScopeOf(TimestampOf(now))}"),
        new("x-amz-date", TimestampOf(now)),
    ];

    /// <summary>Signs a form's policy, in Base64 as it is sent.</summary>
    public string SignPolicy(string policy, DateTimeOffset now) => SignText(TimestampOf(now), policy);

    /// <summary>The address of the bucket, where forms are sent to.</summary>
    public Uri BucketAddress => new(BaseAddress + PathOf(null));

    private string BaseAddress => $"{_endpoint.Scheme}://{_endpoint.Authority}";

    /// <summary>The path of an object, or of the bucket, on the server.</summary>
    public string PathOf(string? key) => key is null ? $"/{options.Bucket}" : $"/{options.Bucket}/{ObjectKey.ToUrlPath(key)}";

    private static string TimestampOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private string ScopeOf(string timestamp) => $"{timestamp[..8]}/{options.Region}/s3/aws4_request";

    private string SignText(string timestamp, string text) => Convert.ToHexStringLower(Hmac(SigningKey(timestamp[..8]), text));

    private byte[] SigningKey(string date)
    {
        var key = Hmac(Encoding.UTF8.GetBytes("AWS4" + options.SecretKey), date);
        return Hmac(Hmac(Hmac(key, options.Region), "s3"), "aws4_request");
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
