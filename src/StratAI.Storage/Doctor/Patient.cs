using System.Net;
using System.Text;
using StratAI.Storage.S3;

namespace StratAI.Storage.Doctor;

/// <summary>The store under examination, and what was written to it meanwhile.</summary>
internal sealed class Patient : IDisposable
{
    private readonly string _prefix = $"stratai-doctor/{Guid.NewGuid():N}/";
    private readonly List<string> _keys = [];
    private readonly S3Connection? _connection;

    // Connections of its own: one that a server leaves in disorder after a refusal is of no harm to the application.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public Patient(IObjectStore store, IUrlSigner signer, IUploadSigner uploads, S3Connection? connection, TimeProvider time)
    {
        Store = store;
        Signer = signer;
        Uploads = uploads;
        Time = time;
        _connection = connection;
    }

    public IObjectStore Store { get; }

    public IUrlSigner Signer { get; }

    public IUploadSigner Uploads { get; }

    public TimeProvider Time { get; }

    /// <summary>The signer of the server's own protocol; only there with a server.</summary>
    public SignatureV4 Signature => _connection!.Signer;

    /// <summary>A key that will be removed.</summary>
    public string Key(string name)
    {
        var key = _prefix + name;
        if (!_keys.Contains(key))
        {
            _keys.Add(key);
        }

        return key;
    }

    /// <summary>The longest key there is.</summary>
    public string LongestKey() => Key(new string('k', 1024 - _prefix.Length));

    public Task<ObjectInfo> PutAsync(string name, string text, PutOptions? options, CancellationToken cancellationToken) =>
        Store.PutAsync(Key(name), new MemoryStream(Encoding.UTF8.GetBytes(text)), options, cancellationToken);

    public async Task<string?> ReadAsync(string name, GetOptions? options, CancellationToken cancellationToken)
    {
        var content = await Store.GetAsync(Key(name), options, cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        await using var disposal = content.ConfigureAwait(false);
        using var reader = new StreamReader(content.Stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) =>
        await Store.StatAsync(Key(name), cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Sends a request of the server's own protocol, one that the store itself does not make.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string name, KeyValuePair<string, string>[] headers, HttpContent? content, CancellationToken cancellationToken)
    {
        var url = Signature.Sign(method, Key(name), Time.GetUtcNow(), 60, [], headers);
        return SendAsync(method, url, headers, content, cancellationToken);
    }

    /// <summary>Sends a request as a browser would, that knows nothing but the URL.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri url, KeyValuePair<string, string>[] headers, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        foreach (var (header, value) in headers.Where(header => !header.Key.StartsWith("content-", StringComparison.Ordinal)))
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            ? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, $"The S3 server answered {(int)response.StatusCode}.")
            : response;
    }

    /// <summary>Removes what was written, each by itself since more may be what the server cannot do; tells if that failed.</summary>
    public async Task<ProbeResult?> LeaveAsync()
    {
        var left = 0;
        foreach (var key in _keys)
        {
            try
            {
                await Store.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
            }
            catch (ObjectStoreException exception)
            {
                left++;
                if (exception.Failure == ObjectStoreFailure.Unavailable)
                {
                    // The others would wait for the same silence.
                    left = _keys.Count - _keys.IndexOf(key);
                    break;
                }
            }
        }

        return left == 0
            ? null
            : new("clean-up", ProbeStatus.Failed, "nothing", false, $"Up to {left} small objects could not be removed below 'stratai-doctor/'.");
    }

    public void Dispose() => _http.Dispose();
}
