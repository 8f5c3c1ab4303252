using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace StratAI.Storage.Internal;

/// <summary>Names every property that is wrong, and its value unless it is a secret.</summary>
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private const int MinimumSigningKeyBytes = 32;
    private const int MaximumRetries = 10;
    private static readonly TimeSpan MinimumTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaximumTimeout = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        List<string> errors = [.. FileSystem(options.FileSystem), .. S3(options.S3), .. Uploads(options.Uploads)];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> FileSystem(FileSystemOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Root))
        {
            yield return $"StorageOptions.FileSystem.Root is '{options.Root}': name a folder.";
        }

        if (options.SigningKey is { } key && Encoding.UTF8.GetByteCount(key) < MinimumSigningKeyBytes)
        {
            yield return $"StorageOptions.FileSystem.SigningKey has {Encoding.UTF8.GetByteCount(key)} bytes: "
                + $"give at least {MinimumSigningKeyBytes}, or leave it out to have one made.";
        }

        if (!PublicPathForm().IsMatch(options.PublicPath ?? ""))
        {
            yield return $"StorageOptions.FileSystem.PublicPath is '{options.PublicPath}': "
                + "give a path such as '/objects', without a slash at its end.";
        }

        if (options.BaseAddress is { } address && !IsHttp(address))
        {
            yield return $"StorageOptions.FileSystem.BaseAddress is '{address}': give an absolute http or https URL.";
        }
    }

    private static IEnumerable<string> S3(S3Options options)
    {
        if (!options.IsConfigured)
        {
            // Half a configuration must not quietly put the objects on this machine's disk.
            if (!string.IsNullOrEmpty(options.AccessKey) || !string.IsNullOrEmpty(options.SecretKey))
            {
                yield return $"StorageOptions.S3.Endpoint is '{options.Endpoint}' though keys are set: "
                    + "give the server's URL, or remove the keys to use files.";
            }

            yield break;
        }

        if (!IsEndpoint(options.Endpoint))
        {
            yield return $"StorageOptions.S3.Endpoint is '{options.Endpoint}': "
                + "give scheme, host and port alone, such as 'https://s3.example.com'.";
        }

        if (!string.IsNullOrWhiteSpace(options.PublicEndpoint) && !IsEndpoint(options.PublicEndpoint))
        {
            yield return $"StorageOptions.S3.PublicEndpoint is '{options.PublicEndpoint}': "
                + "give scheme, host and port alone, such as 'https://files.example.com', or leave it out.";
        }

        if (string.IsNullOrWhiteSpace(options.AccessKey))
        {
            yield return "StorageOptions.S3.AccessKey is empty: it is required with S3.Endpoint.";
        }

        if (string.IsNullOrWhiteSpace(options.SecretKey))
        {
            yield return "StorageOptions.S3.SecretKey is empty: it is required with S3.Endpoint.";
        }

        if (!BucketForm().IsMatch(options.Bucket ?? ""))
        {
            yield return $"StorageOptions.S3.Bucket is '{options.Bucket}': "
                + "give 3 to 63 of a-z, 0-9, '.' and '-', a letter or digit first and last.";
        }

        if (string.IsNullOrWhiteSpace(options.Region))
        {
            yield return $"StorageOptions.S3.Region is '{options.Region}': name the region requests are signed for, such as 'us-east-1'.";
        }

        if (options.Timeout < MinimumTimeout || options.Timeout > MaximumTimeout)
        {
            yield return $"StorageOptions.S3.Timeout is {options.Timeout}: give {MinimumTimeout} to {MaximumTimeout}.";
        }

        if (options.Retries is < 0 or > MaximumRetries)
        {
            yield return $"StorageOptions.S3.Retries is {options.Retries}: give 0 to {MaximumRetries}.";
        }
    }

    private static IEnumerable<string> Uploads(UploadOptions options)
    {
        if (options.MemoryThresholdBytes is < 4 * 1024 or > 1024 * 1024)
        {
            yield return $"StorageOptions.Uploads.MemoryThresholdBytes is {options.MemoryThresholdBytes}: give 4096 to 1048576.";
        }

        if (string.IsNullOrWhiteSpace(options.TemporaryFolder))
        {
            yield return $"StorageOptions.Uploads.TemporaryFolder is '{options.TemporaryFolder}': name a folder.";
        }

        if (options.ScanTimeout < MinimumTimeout || options.ScanTimeout > MaximumTimeout)
        {
            yield return $"StorageOptions.Uploads.ScanTimeout is {options.ScanTimeout}: give {MinimumTimeout} to {MaximumTimeout}.";
        }
    }

    private static bool IsEndpoint(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var endpoint) && IsHttp(endpoint) && endpoint is { PathAndQuery: "/", UserInfo: "", Fragment: "" };

    private static bool IsHttp(Uri uri) => uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketForm();

    [GeneratedRegex("^(/[A-Za-z0-9._~-]+)+$")]
    private static partial Regex PublicPathForm();
}
