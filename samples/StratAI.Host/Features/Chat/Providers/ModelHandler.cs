using System.Text.Json;

namespace StratAI.Host.Features.Chat.Providers;

/// <summary>
/// Stands between a provider's SDK and the network. An error answer becomes a <see cref="ModelException"/> here, as the SDKs' own exceptions quote the answer, which
/// may quote the prompt, and forget its Retry-After. A stream with an event that does not end is cut.
/// </summary>
internal sealed class ModelHandler(TimeProvider time) : DelegatingHandler
{
    private const int MaximumErrorBytes = 16 * 1024;

    /// <summary>Whether there is a key to send; without one, nothing is sent in its place.</summary>
    public required bool HasKey { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!HasKey)
        {
            request.Headers.Authorization = null;
        }

        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            var isUnsent = exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            throw new ModelException(ModelFault.Unavailable, $"The model could not be asked: {exception.HttpRequestError}.") { IsPassing = isUnsent };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFault.Unavailable, "The model could not be asked: no connection in time.") { IsPassing = true };
        }

        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw await FailureAsync(response, cancellationToken);
            }
        }

        response.Content = new BoundedEventContent(response.Content);
        return response;
    }

    private async Task<ModelException> FailureAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var fault = status is 429 or 503 or 529 ? ModelFault.Overloaded : status >= 500 ? ModelFault.Unavailable : ModelFault.Rejected;
        return new(fault, $"The model's provider answered {status} ({await TypeOfAsync(response, cancellation)}), request {RequestId(response)}.", RetryAfter(response))
        {
            IsPassing = status is 429 or 529 or (>= 500 and <= 503),
        };
    }

    /// <summary>The error's type, a word of the provider's protocol; its message is left where it is.</summary>
    private static async Task<string> TypeOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaximumErrorBytes, cancellation);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            return ErrorTypes.Of(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            return ErrorTypes.None;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } asked && (asked.Delta ?? (asked.Date - time.GetUtcNow())) is { } wait && wait > TimeSpan.Zero ? wait : null;

    private static string RequestId(HttpResponseMessage response) =>
        (response.Headers.TryGetValues("request-id", out var ids) || response.Headers.TryGetValues("x-request-id", out ids))
        && ids.First() is { Length: <= 100 } id && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') ? id : "unnamed";
}
