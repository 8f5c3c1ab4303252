using System.Buffers;
using System.Globalization;
using System.Text.Json;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>Presigned PUTs and POST policies of the server itself, by AWS Signature Version 4.</summary>
internal sealed class S3UploadSigner(S3Connection connection, S3Options options) : IUploadSigner
{
    public async Task<SignedRequest> SignPutAsync(string key, TimeSpan lifetime, SignedPutOptions put, CancellationToken cancellationToken)
    {
        SigningRules.Validate(key, lifetime, put);
        await RequireBucketAsync(cancellationToken).ConfigureAwait(false);
        var headers = SigningRules.HeadersOf(put);
        var (now, seconds) = SigningTime.SignFor(connection.Clock.Now, lifetime);
        // Only a signed length binds: the server computes the signature over the headers that it got.
        var signed = headers.Select(header => KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value));
        return new(HttpMethod.Put, connection.PublicSigner.Sign(HttpMethod.Put, key, now, seconds, [], signed), headers, now.AddSeconds(seconds));
    }

    public async Task<SignedForm> SignPostAsync(string key, TimeSpan lifetime, PostPolicyOptions post, CancellationToken cancellationToken)
    {
        SigningRules.Validate(key, lifetime, post);
        await RequireBucketAsync(cancellationToken).ConfigureAwait(false);
        var (now, seconds) = SigningTime.SignFor(connection.Clock.Now, lifetime);
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["key"] = key };
        if (post.ContentType is not null)
        {
            fields["Content-Type"] = post.ContentType;
        }

        foreach (var (name, value) in connection.PublicSigner.FieldsOf(now))
        {
            fields[name] = value;
        }

        var policy = Convert.ToBase64String(PolicyOf(fields, post, now.AddSeconds(seconds)));
        fields["policy"] = policy;
        fields["x-amz-signature"] = connection.PublicSigner.SignPolicy(policy, now);
        return new(connection.PublicSigner.BucketAddress, fields, now.AddSeconds(seconds));
    }

    /// <summary>Whoever uses what is signed cannot make the bucket.</summary>
    private Task<bool> RequireBucketAsync(CancellationToken cancellationToken) =>
        connection.RunAsync("sign", static _ => Task.FromResult(true), cancellationToken);

    private byte[] PolicyOf(Dictionary<string, string> fields, PostPolicyOptions post, DateTimeOffset expires)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("expiration", expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteStartArray("conditions");
            json.WriteStartObject();
            json.WriteString("bucket", options.Bucket);
            json.WriteEndObject();
            foreach (var (name, value) in fields)
            {
                json.WriteStartArray();
                json.WriteStringValue("eq");
                json.WriteStringValue("$" + name);
                json.WriteStringValue(value);
                json.WriteEndArray();
            }

            json.WriteStartArray();
            json.WriteStringValue("content-length-range");
            json.WriteNumberValue(post.MinimumBytes);
            json.WriteNumberValue(post.MaximumBytes);
            json.WriteEndArray();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
