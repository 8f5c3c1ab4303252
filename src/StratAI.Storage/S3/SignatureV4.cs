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
internal sealed class SignatureV4(S3Options options)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private readonly Uri _endpoint = new(options.Endpoint!);

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
        var timestamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{timestamp[..8]}/{options.Region}/s3/aws4_request";
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
        var signature = Convert.ToHexStringLower(Hmac(SigningKey(timestamp[..8]), toSign));
        return new($"{_endpoint.Scheme}://{_endpoint.Authority}{path}?{canonicalQuery}&X-Amz-Signature={signature}");
    }

    /// <summary>The path of an object, or of the bucket, on the server.</summary>
    public string PathOf(string? key) => key is null ? $"/{options.Bucket}" : $"/{options.Bucket}/{ObjectKey.ToUrlPath(key)}";

    private byte[] SigningKey(string date)
    {
        var key = Hmac(Encoding.UTF8.GetBytes("AWS4" + options.SecretKey), date);
        return Hmac(Hmac(Hmac(key, options.Region), "s3"), "aws4_request");
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
