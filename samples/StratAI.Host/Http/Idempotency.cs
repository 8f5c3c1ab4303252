using System.Security.Cryptography;
using System.Text;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>
/// <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header-07). What took effect is replayed; a refusal changed nothing, so the same key may
/// try again. Endpoints store their answer through <see cref="Creation"/>.
/// </summary>
internal static class Idempotency
{
    private const string Header = "Idempotency-Key";
    private const int MaximumLength = 255;

    /// <summary>Tells one body from another where it is not to be held in memory; null for what cannot be one that was accepted.</summary>
    public delegate Task<string?> BodyFingerprint(HttpRequest request, CancellationToken cancellation);

    private sealed record Marker(BodyFingerprint? OfStream, bool Itself = false);

    /// <summary>The key holds for this endpoint.</summary>
    /// <param name="endpoint">The endpoint, which takes a <see cref="Creation"/>.</param>
    /// <param name="ofStream">
    /// For a body that is read once, as it arrives: what its endpoint says to <see cref="Creation.AnswerAsync{T}(Database.UnitOfWork, CreatedResource{T}, string?)"/>
    /// too. By default the bytes of a body are its fingerprint.
    /// </param>
    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder endpoint, BodyFingerprint? ofStream = null) => endpoint.WithMetadata(new Marker(ofStream));

    /// <summary>
    /// For an endpoint whose answer cannot be kept as it is, such as a stream: it finds the checked key as the feature <see cref="IdempotencyKey"/>, and sees to
    /// the rest itself.
    /// </summary>
    public static RouteHandlerBuilder IdempotentItself(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new Marker(null, Itself: true));

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

        if (marker.Itself)
        {
            context.Features.Set(new IdempotencyKey(key, await FingerprintAsync(context.Request, context.RequestAborted)));
            await next(context);
            return;
        }

        var user = context.User.FindFirst("sub")!.Value;
        var store = context.RequestServices.GetRequiredService<IdempotencyStore>();
        var fingerprint = marker.OfStream is null ? await FingerprintAsync(context.Request, context.RequestAborted) : null;
        var claim = await store.ClaimAsync(user, key, fingerprint, context.RequestAborted);
        if (claim.Key is { } claimed)
        {
            await RunAsync(context, next, store, claimed);
        }
        else if (claim.Answer is not { } answer)
        {
            await IdempotencyStore.InProgress().ExecuteAsync(context);
        }
        else if (answer.Fingerprint != (fingerprint ?? await marker.OfStream!(context.Request, context.RequestAborted)))
        {
            await IdempotencyStore.Mismatch().ExecuteAsync(context);
        }
        else
        {
            await ReplayAsync(context.Response, answer, context.RequestAborted);
        }
    });

    private static async Task RunAsync(HttpContext context, RequestDelegate next, IdempotencyStore store, ClaimedKey key)
    {
        var succeeded = false;
        await using var lease = new IdempotencyLease(store, key);
        context.Features.Set(new Creation(key));
        try
        {
            await next(context);
            succeeded = context.Response.StatusCode is >= 200 and < 300;
        }
        finally
        {
            if (!succeeded)
            {
                await store.TryReleaseAsync(key);
            }
        }
    }

    private static async Task ReplayAsync(HttpResponse response, StoredAnswer answer, CancellationToken cancellation)
    {
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.ReadHeaders())
        {
            response.Headers[name] = value;
        }

        response.MarkReplayed();
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, cancellation);
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
