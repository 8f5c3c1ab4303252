using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;

namespace StratAI.Host.Features.Integrations;

/// <summary>Refreshes tokens: the refresh_token grant of OAuth 2 (RFC 6749, section 6).</summary>
internal sealed partial class TokenEndpoint(IHttpClientFactory clients, IOptions<CalendarOptions> options, ILogger<TokenEndpoint> logger)
{
    public const string Client = "integrations-token";

    // For providers that do not say, which the RFC allows.
    private static readonly TimeSpan UsualLifetime = TimeSpan.FromHours(1);

    /// <summary>
    /// Spends a refresh token. Not cancellable: once the request is on its way, what comes back is all there is. It is repeated only where the endpoint
    /// has certainly not looked at it; see <see cref="IntegrationSetup"/>.
    /// </summary>
    public async Task<TokenAnswer> RefreshAsync(string refreshToken)
    {
        try
        {
            using var request = Request(refreshToken);
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(request);
            return Read(await response.Content.ReadAsByteArrayAsync(), (int)response.StatusCode);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or ExecutionRejectedException)
        {
            LogUnanswered(exception);
            return new TokenAnswer.Unavailable();
        }
    }

    private HttpRequestMessage Request(string refreshToken)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken };
        var request = new HttpRequestMessage(HttpMethod.Post, options.Value.TokenEndpoint);
        if (options.Value is { ClientId: { } id, ClientSecret: { } secret })
        {
            // Form-encoded first, which a plain Basic header is not (RFC 6749, section 2.3.1).
            var credentials = Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
        }
        else if (options.Value.ClientId is { } publicId)
        {
            form["client_id"] = publicId;
        }

        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.Add(new("application/json"));
        return request;
    }

    private TokenAnswer Read(byte[] body, int status)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } answer)
            {
                if (status == StatusCodes.Status200OK && ReadTokens(answer) is { } tokens)
                {
                    return new TokenAnswer.Granted(tokens);
                }

                if (status is >= 400 and < 500 && Text(answer, "error") == "invalid_grant")
                {
                    return new TokenAnswer.Refused();
                }
            }
        }
        catch (JsonException)
        {
            // Said below, without the text: it may hold a token.
        }

        LogNotAnAnswer(status, body.Length);
        return new TokenAnswer.Unavailable();
    }

    /// <returns><see langword="null"/> for what is no answer of section 5.1, or holds what could not be sent on.</returns>
    private static GrantedTokens? ReadTokens(JsonElement answer)
    {
        var (access, type) = (Text(answer, "access_token"), Text(answer, "token_type"));
        if (!IsToken(access) || !string.Equals(type, "bearer", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var refresh = Text(answer, "refresh_token");
        if (answer.TryGetProperty("refresh_token", out var given) && given.ValueKind != JsonValueKind.Null && !IsToken(refresh))
        {
            return null;
        }

        if (!answer.TryGetProperty("expires_in", out var expires) || expires.ValueKind == JsonValueKind.Null)
        {
            return new(access!, refresh, UsualLifetime);
        }

        return expires.ValueKind == JsonValueKind.Number && expires.TryGetInt64(out var seconds) && seconds > 0
            ? new(access!, refresh, TimeSpan.FromSeconds(Math.Min(seconds, IntegrationBody.MaximumLifetime)))
            : null;
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsToken(string? text) =>
        text is { Length: > 0 and <= IntegrationBody.MaximumTokenLength } && text.All(character => character is >= '!' and <= '~');

    [LoggerMessage(1, LogLevel.Warning, "The token endpoint did not answer a refresh; whether it spent the refresh token is not known.")]
    private partial void LogUnanswered(Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The token endpoint answered a refresh with status {Status} and {Length} bytes that are neither tokens nor invalid_grant.")]
    private partial void LogNotAnAnswer(int status, int length);
}
