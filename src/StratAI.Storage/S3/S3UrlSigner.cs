using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>Presigned GETs of the server itself: the application never sees the bytes.</summary>
internal sealed class S3UrlSigner(S3Connection connection, IObjectStore store) : IUrlSigner
{
    public async Task<SignedUrl> SignGetAsync(string key, TimeSpan lifetime, SignedGetOptions? options, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(key);
        options ??= new();
        SigningRules.Validate(lifetime, options);

        var inline = options.Inline && !await IsActiveAsync(key, options, cancellationToken).ConfigureAwait(false);
        List<KeyValuePair<string, string>> query = [new("response-content-disposition", Disposition.Format(inline, options.FileName))];
        if (options.ContentType is not null)
        {
            query.Add(new("response-content-type", options.ContentType));
        }

        var (now, seconds) = SigningTime.SignFor(connection.Clock.Now, lifetime);
        return new(connection.PublicSigner.Sign(HttpMethod.Get, key, now, seconds, query, []), now.AddSeconds(seconds));
    }

    /// <summary>The server will not look at the type when it answers, so it has to be known now.</summary>
    private async Task<bool> IsActiveAsync(string key, SignedGetOptions options, CancellationToken cancellationToken)
    {
        var type = options.ContentType ?? (await store.StatAsync(key, cancellationToken).ConfigureAwait(false))?.ContentType;
        return MediaTypes.IsActive(type);
    }
}
