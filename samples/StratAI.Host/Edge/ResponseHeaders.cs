using System.Net;
using Scalar.AspNetCore;

namespace StratAI.Host.Edge;

/// <summary>
/// The headers that every answer carries. Documents' content brings a policy of its own, which stays: what users uploaded is shown in a sandbox.
/// </summary>
internal sealed class ResponseHeaders(IConfiguration configuration)
{
    /// <summary>JSON is no page: it loads nothing and is shown in no frame.</summary>
    public const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    // A year, of this name alone: the host does not know whose subdomains there are.
    private const string Hsts = "max-age=31536000";

    // Pages of other origins embed images by signed URLs, which browsers ask for without CORS.
    private readonly string _resourcePolicy = configuration.HasOrigins() ? "cross-origin" : "same-origin";

    /// <summary>At the last moment, as the exception handler clears the headers of a failed answer.</summary>
    public void Register(HttpContext context) => context.Response.OnStarting(() =>
    {
        Write(context);
        return Task.CompletedTask;
    });

    private void Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = _resourcePolicy;
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce ? ReferencePolicy(nonce) : ApiPolicy;
        }

        // Over plain HTTP it would mean nothing, and a browser that was told so of loopback could not reach other local servers.
        if (context.Request.IsHttps && !IsLoopback(context.Request.Host.Host))
        {
            headers.StrictTransportSecurity = Hsts;
        }
    }

    /// <summary>The reference page: its scripts carry the request's nonce, its styles are made by them, and it asks this host alone.</summary>
    private static string ReferencePolicy(string nonce) =>
        $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
