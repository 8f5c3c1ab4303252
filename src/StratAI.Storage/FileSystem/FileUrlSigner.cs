using Microsoft.Extensions.Logging;
using StratAI.Storage.Internal;

namespace StratAI.Storage.FileSystem;

/// <summary>Signs URLs of <c>MapStoredObjects</c> for reading: key, expiry and how the answer presents itself.</summary>
internal sealed class FileUrlSigner(FileSystemOptions fileSystem, TimeProvider time, ILogger<IUrlSigner> logger) : IUrlSigner
{
    private const string Purpose = "stratai-get-v1";
    private readonly FileSignature _signature = new(fileSystem, time, logger);

    public Task<SignedUrl> SignGetAsync(string key, TimeSpan lifetime, SignedGetOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            var get = options ?? new();
            ObjectKey.Validate(key);
            SigningRules.Validate(lifetime, get);
            return Task.FromResult(_signature.Sign(
                Purpose, key, lifetime, ("inline", get.Inline ? "1" : null), ("filename", get.FileName), ("type", get.ContentType)));
        }
        catch (Exception exception) when (exception is ObjectStoreException or ArgumentException)
        {
            // In the task, where the S3 signer has it as well.
            return Task.FromException<SignedUrl>(exception);
        }
    }

    public FileSignature.Verdict Verify(string key, string expires, SignedGetOptions get, string signature) =>
        _signature.Verify(Purpose, key, expires, signature, get.Inline ? "1" : null, get.FileName, get.ContentType);
}
