using System.Net;
using Microsoft.Extensions.Logging;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>One server and bucket: the connection pool, the signer, and the SDK beside them.</summary>
internal sealed class S3Connection : IDisposable
{
    /// <summary>
    /// How long a signature made for a request of our own is valid; it has to outlive the waiting before the server looks at it, and skewed
    /// clocks.
    /// </summary>
    private const long RequestSeconds = 15 * 60;

    private static readonly HttpRequestOptionsKey<TimeSpan> ClockOffset = new(nameof(ClockOffset));

    private static readonly TimeSpan MaximumConnectTime = TimeSpan.FromSeconds(3);

    private readonly S3Options _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StorageMetrics _metrics;
    private readonly S3Attempts _attempts;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly Lock _bucketLock = new();
    private Task? _ensuring;
    private volatile bool _bucketSeen;

    public S3Connection(S3Options options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _metrics = metrics;
        _attempts = new(options, time, metrics, logger);
        _handler = new()
        {
            ConnectTimeout = options.Timeout < MaximumConnectTime ? options.Timeout : MaximumConnectTime,
            // Servers behind a changing DNS name are found again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        _http = new(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        Signer = new(options, options.Endpoint!);
        PublicSigner = new(options, string.IsNullOrWhiteSpace(options.PublicEndpoint) ? options.Endpoint! : options.PublicEndpoint);
        Clock = new(time, logger);
        Sdk = new(options, _handler);
    }

    public SignatureV4 Signer { get; }

    /// <summary>Signs what others will send.</summary>
    public SignatureV4 PublicSigner { get; }

    public SdkGateway Sdk { get; }

    public ServerClock Clock { get; }

    public int Retries => _options.Retries;

    /// <summary>Runs an operation on the bucket, which is made first where the options ask for that; see <see cref="S3Attempts"/>.</summary>
    public Task<T> RunAsync<T>(
        string operation,
        Func<StallTimer, Task<T>> attempt,
        CancellationToken cancellationToken,
        Func<ObjectStoreException, bool>? mayRepeat = null) => _attempts.RunAsync(
            operation,
            async timer =>
            {
                await EnsureBucketAsync(timer, cancellationToken).ConfigureAwait(false);
                return await attempt(timer).ConfigureAwait(false);
            },
            mayRepeat,
            cancellationToken);

    /// <summary>A timer of a body that is read: it does not run yet.</summary>
    public StallTimer NewReadTimer() => new(_options.Timeout, Timeout.InfiniteTimeSpan, _time, CancellationToken.None);

    /// <summary>Counts a body that went on over another connection.</summary>
    public void Resumed() => _metrics.Retry("resume");

    /// <summary>Waits until an upload lets go of its source, no longer than a server may be silent.</summary>
    public Task<bool> StopAsync(UploadContent content) => content.StopAsync(_options.Timeout, _time);

    /// <summary>Sends a request and returns once the headers of the answer are there.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="timer">Ends it when the server is silent.</param>
    /// <param name="cancellationToken">The caller's token, which <paramref name="timer"/> follows.</param>
    public async Task<HttpResponseMessage> SendAsync(S3Request request, StallTimer timer, CancellationToken cancellationToken)
    {
        var offset = Clock.Offset;
        using var message = new HttpRequestMessage(request.Method, Sign(request, offset)) { Content = request.Content };
        message.Options.Set(ClockOffset, offset);
        foreach (var (name, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (request.Range is { Offset: var first, Length: var length })
        {
            message.Headers.Range = new(first, length <= long.MaxValue - first ? first + length - 1 : null);
        }

        try
        {
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timer.Token).ConfigureAwait(false);
            _bucketSeen |= response.IsSuccessStatusCode;
            return response;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (S3Errors.FromTransport(exception, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Whether the answer is a success; false when it says that the object does not exist.</summary>
    /// <exception cref="ObjectStoreException">The answer is anything else.</exception>
    public async Task<bool> IsFoundAsync(HttpResponseMessage response, StallTimer timer, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return true;
        }

        var code = await S3Errors.ReadCodeAsync(response, timer.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (response.StatusCode == HttpStatusCode.NotFound && code != "NoSuchBucket")
        {
            // An answer to HEAD has no code, and a bucket that is missing is not an object that is.
            _bucketSeen |= code == "NoSuchKey" || await BucketExistsAsync(timer, cancellationToken).ConfigureAwait(false);
            return _bucketSeen ? false : throw S3Errors.BucketMissing();
        }

        _bucketSeen &= code != "NoSuchBucket";
        throw FailureOf(response, code);
    }

    /// <summary>Fails unless the answer to a request on the bucket is a success.</summary>
    public async Task RequireAsync(HttpResponseMessage response, StallTimer timer, CancellationToken cancellationToken)
    {
        if (!await IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false))
        {
            throw S3Errors.BucketMissing();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        Sdk.Dispose();
        _handler.Dispose();
    }

    private Uri Sign(S3Request request, TimeSpan offset)
    {
        var signed = request.Headers.Where(header => header.Key.StartsWith("x-amz-", StringComparison.Ordinal));
        return Signer.Sign(request.Method, request.Key, _time.GetUtcNow() + offset, RequestSeconds, request.Query, signed);
    }

    private ObjectStoreException FailureOf(HttpResponseMessage response, string code) =>
        response.StatusCode == HttpStatusCode.Forbidden
        && response.RequestMessage!.Options.TryGetValue(ClockOffset, out var used)
        && Clock.Correct(response.Headers.Date, used) is { } ahead
            ? S3Errors.ClockWrong(ahead)
            : S3Errors.FromAnswer(response, code);

    /// <summary>
    /// Makes the bucket at first use where the options ask for that. A failure is not remembered: the next use tries again.
    /// </summary>
    private async ValueTask EnsureBucketAsync(StallTimer timer, CancellationToken cancellationToken)
    {
        if (_bucketSeen || !_options.CreateBucket)
        {
            return;
        }

        Task ensuring;
        lock (_bucketLock)
        {
            // One attempt for all who wait, and its failure is theirs too: queued attempts against a dead server
            // would add up their timeouts.
            ensuring = _ensuring is { IsCompleted: false } ? _ensuring : _ensuring = EnsureBucketOnceAsync();
        }

        try
        {
            await ensuring.WaitAsync(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (S3Errors.FromTransport(exception, cancellationToken) is { } failure)
        {
            throw failure;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task EnsureBucketOnceAsync()
    {
        using var timer = new StallTimer(_options.Timeout, _options.Timeout, _time, CancellationToken.None);
        if (await BucketExistsAsync(timer, CancellationToken.None).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await Sdk.MakeBucketAsync(timer.Token).ConfigureAwait(false);
            _logger.BucketCreated();
        }
        catch (ObjectStoreException)
        {
            // Another instance may have made it between the two calls; servers answer that in different ways.
            if (!await BucketExistsAsync(timer, CancellationToken.None).ConfigureAwait(false))
            {
                throw;
            }
        }

        _bucketSeen = true;
    }

    private async Task<bool> BucketExistsAsync(StallTimer timer, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new(HttpMethod.Head, null), timer, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode || (response.StatusCode == HttpStatusCode.NotFound ? false : throw FailureOf(response, ""));
    }
}
