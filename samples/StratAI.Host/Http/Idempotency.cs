using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>
/// <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header-07) for creating requests with a JSON body. What took effect is replayed; a refusal
/// changed nothing, so the same key may try again.
/// </summary>
internal static class Idempotency
{
    private const string Header = "Idempotency-Key";
    private const int MaximumLength = 255;

    // What else of the first answer a client may rely on; the others are made anew for each answer.
    private static readonly string[] KeptHeaders = ["Location", "ETag", "Content-Type"];

    private sealed record Marker(bool Itself);

    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new Marker(Itself: false));

    /// <summary>
    /// For an endpoint whose answer cannot be kept as it is, such as a stream: it finds the checked key as the feature <see cref="IdempotencyKey"/>, and sees to
    /// the rest itself.
    /// </summary>
    public static RouteHandlerBuilder IdempotentItself(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new Marker(Itself: true));

    /// <summary>Says that the answer is the one to an earlier request with the same key.</summary>
    public static void MarkReplayed(this HttpResponse response) => response.Headers["Idempotency-Replayed"] = "true";

    public static IApplicationBuilder UseIdempotency(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var given = context.Request.Headers[Header];
        if (given.Count == 0 || context.GetEndpoint()?.Metadata.GetMetadata<Marker>() is not { } marker)
        {
            await next(context);
            return;
        }

        if (given.Count > 1 || given[0] is not { Length: > 0 and <= MaximumLength } key || key.Any(character => character is < '!' or > '~'))
        {
            await new Problem(400, "invalid-idempotency-key", $"An Idempotency-Key has 1 to {MaximumLength} visible ASCII characters.").ExecuteAsync(context);
            return;
        }

        var fingerprint = await FingerprintAsync(context.Request, context.RequestAborted);
        if (marker.Itself)
        {
            context.Features.Set(new IdempotencyKey(key, fingerprint));
            await next(context);
            return;
        }

        var user = context.User.FindFirst("sub")!.Value;
        var store = context.RequestServices.GetRequiredService<IdempotencyStore>();
        var (owner, answer, problem) = await store.ClaimAsync(user, key, fingerprint, context.RequestAborted);
        if (owner is not null)
        {
            await RunAsync(context, next, store, user, key, owner);
        }
        else if (answer is not null)
        {
            await ReplayAsync(context, answer);
        }
        else
        {
            await problem!.ExecuteAsync(context);
        }
    });

    private static async Task RunAsync(HttpContext context, RequestDelegate next, IdempotencyStore store, string user, string key, string owner)
    {
        var response = context.Response;
        var sent = response.Body;
        using var body = new MemoryStream();
        response.Body = body;
        var done = false;
        try
        {
            await next(context);
            done = response.StatusCode is >= 200 and < 300;
            if (done)
            {
                var headers = KeptHeaders.Where(response.Headers.ContainsKey).ToDictionary(name => name, name => response.Headers[name].ToString());
                await store.AnswerAsync(user, key, owner, new(response.StatusCode, JsonSerializer.Serialize(headers), body.ToArray()));
            }
        }
        finally
        {
            response.Body = sent;
            if (!done)
            {
                await store.ReleaseAsync(user, key, owner);
            }
        }

        await sent.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    private static async Task ReplayAsync(HttpContext context, StoredAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(answer.Headers)!)
        {
            response.Headers[name] = value;
        }

        response.MarkReplayed();
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static async Task<string> FingerprintAsync(HttpRequest request, CancellationToken cancellation)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"));
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, cancellation) is > 0 and var length)
        {
            hash.AppendData(buffer, 0, length);
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
