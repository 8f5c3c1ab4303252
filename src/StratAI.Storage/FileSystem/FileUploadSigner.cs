using System.Globalization;
using Microsoft.Extensions.Logging;
using StratAI.Storage.Internal;

namespace StratAI.Storage.FileSystem;

/// <summary>
/// Signs requests that <c>MapStoredObjects</c> stores objects by. The bounds of a form are in its URL, so that they are known before a byte of
/// its body is read.
/// </summary>
internal sealed class FileUploadSigner(FileSystemOptions fileSystem, TimeProvider time, ILogger<IUrlSigner> logger) : IUploadSigner
{
    private const string PutPurpose = "stratai-put-v1";
    private const string PostPurpose = "stratai-post-v1";
    private readonly FileSignature _signature = new(fileSystem, time, logger);

    public Task<SignedRequest> SignPutAsync(string key, TimeSpan lifetime, SignedPutOptions options, CancellationToken cancellationToken)
    {
        try
        {
            SigningRules.Validate(key, lifetime, options);
            var headers = SigningRules.HeadersOf(options);
            var (url, expires) = _signature.Sign(
                PutPurpose, key, lifetime, ("length", headers["Content-Length"]), ("type", headers["Content-Type"]));
            return Task.FromResult(new SignedRequest(HttpMethod.Put, url, headers, expires));
        }
        catch (Exception exception) when (exception is ObjectStoreException or ArgumentException)
        {
            return Task.FromException<SignedRequest>(exception);
        }
    }

    public Task<SignedForm> SignPostAsync(string key, TimeSpan lifetime, PostPolicyOptions options, CancellationToken cancellationToken)
    {
        try
        {
            SigningRules.Validate(key, lifetime, options);
            var (url, expires) = _signature.Sign(
                PostPurpose,
                key,
                lifetime,
                ("minimum", options.MinimumBytes.ToString(CultureInfo.InvariantCulture)),
                ("maximum", options.MaximumBytes.ToString(CultureInfo.InvariantCulture)),
                ("type", options.ContentType));
            return Task.FromResult(new SignedForm(url, FieldsOf(key, options.ContentType), expires));
        }
        catch (Exception exception) when (exception is ObjectStoreException or ArgumentException)
        {
            return Task.FromException<SignedForm>(exception);
        }
    }

    public FileSignature.Verdict VerifyPut(string key, string expires, string length, string? type, string signature) =>
        _signature.Verify(PutPurpose, key, expires, signature, length, type);

    public FileSignature.Verdict VerifyPost(string key, string expires, string minimum, string maximum, string? type, string signature) =>
        _signature.Verify(PostPurpose, key, expires, signature, minimum, maximum, type);

    /// <summary>The fields that a form has beside its file, as on S3.</summary>
    public static IReadOnlyDictionary<string, string> FieldsOf(string key, string? type)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["key"] = key };
        if (type is not null)
        {
            fields["Content-Type"] = type;
        }

        return fields;
    }
}
