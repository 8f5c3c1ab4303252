using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace StratAI.Storage.Doctor;

/// <summary>What only an S3 server can do or leave.</summary>
internal static class ServerProbes
{
    /// <summary>Servers refuse signatures whose time is 15 minutes off; a third of that is worth a word.</summary>
    private static readonly TimeSpan MaximumSkew = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<Probe> All { get; } =
    [
        new("clock", "signed requests and URLs", true, ClockAsync),
        new("Content-MD5 verified", "none; bytes damaged on their way are refused", false, ContentMd5Async),
        new("x-amz-checksum-sha256 verified", "none; bytes damaged on their way are refused", false, Sha256Async),
        new("conditional copy", "none yet", false, ConditionalCopyAsync),
        new("presigned GET", "signed URLs, delivery by redirect", true, PresignedGetAsync),
        new("presigned PUT of a signed length", "direct uploads by PUT", false, PresignedPutAsync),
        new("POST policy with a length range", "direct uploads by forms", false, PostPolicyAsync),
        new("CORS", "direct uploads from browsers", false, CorsAsync),
    ];

    private static async Task<Finding> ClockAsync(Patient patient, CancellationToken cancellationToken)
    {
        using var response = await patient.SendAsync(HttpMethod.Head, "digits", [], null, cancellationToken).ConfigureAwait(false);
        if (response.Headers.Date is not { } date)
        {
            return new(false, "The server does not tell its time.");
        }

        var difference = date - patient.Time.GetUtcNow();
        var seconds = Math.Round(Math.Abs(difference.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return new(difference.Duration() <= MaximumSkew, $"The server's clock is {seconds} s {(difference > TimeSpan.Zero ? "ahead" : "behind")}.");
    }

    private static async Task<Finding> ContentMd5Async(Patient patient, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent("damaged"u8.ToArray());
#pragma warning disable CA5351 // It is the protocol's checksum, and guards against no one.
        content.Headers.ContentMD5 = MD5.HashData("intact"u8);
#pragma warning restore CA5351
        using var response = await patient.SendAsync(HttpMethod.Put, "md5", [], content, cancellationToken).ConfigureAwait(false);
        return await RefusedAsync(patient, "md5", response, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Finding> Sha256Async(Patient patient, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent("damaged"u8.ToArray());
        var hash = Convert.ToBase64String(SHA256.HashData("intact"u8));
        using var response = await patient.SendAsync(
            HttpMethod.Put, "sha256", [new("x-amz-checksum-sha256", hash)], content, cancellationToken).ConfigureAwait(false);
        return await RefusedAsync(patient, "sha256", response, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Finding> ConditionalCopyAsync(Patient patient, CancellationToken cancellationToken)
    {
        await patient.PutAsync("condition", "x", null, cancellationToken).ConfigureAwait(false);
        using var content = new ByteArrayContent([]);
        using var response = await patient.SendAsync(
            HttpMethod.Put,
            "conditional-copy",
            [
                new("x-amz-copy-source", patient.Signature.PathOf(patient.Key("condition"))),
                new("x-amz-copy-source-if-match", "\"00000000000000000000000000000000\""),
            ],
            content,
            cancellationToken).ConfigureAwait(false);
        return await RefusedAsync(patient, "conditional-copy", response, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Finding> PresignedGetAsync(Patient patient, CancellationToken cancellationToken)
    {
        await patient.PutAsync("signed", "hello", new() { ContentType = "text/plain" }, cancellationToken).ConfigureAwait(false);
        var options = new SignedGetOptions { FileName = "é.txt", ContentType = "text/csv" };
        var signed = await patient.Signer.SignGetAsync(patient.Key("signed"), TimeSpan.FromMinutes(1), options, cancellationToken).ConfigureAwait(false);
        using var response = await patient.SendAsync(HttpMethod.Get, signed.Url, [], null, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode || await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false) != "hello")
        {
            return new(false, $"The server answered {(int)response.StatusCode}.");
        }

        response.Content.Headers.TryGetValues("Content-Disposition", out var disposition);
        return string.Concat(disposition ?? []).StartsWith("attachment", StringComparison.Ordinal) && response.Content.Headers.ContentType?.MediaType == "text/csv"
            ? new(true, "With the disposition and type that were signed.")
            : new(false, "The signed disposition and type are ignored: what users uploaded might be run by browsers.");
    }

    private static async Task<Finding> PresignedPutAsync(Patient patient, CancellationToken cancellationToken)
    {
        var signed = await patient.Uploads.SignPutAsync(
            patient.Key("put"), TimeSpan.FromMinutes(1), new() { Length = 5, ContentType = "text/plain" }, cancellationToken).ConfigureAwait(false);
        using var content = Text("12345");
        using var longer = Text("123456");
        using var tooMuch = await patient.SendAsync(HttpMethod.Put, signed.Url, [], longer, cancellationToken).ConfigureAwait(false);
        if (tooMuch.IsSuccessStatusCode)
        {
            return new(false, "More bytes than were signed for are taken.");
        }

        using var response = await patient.SendAsync(HttpMethod.Put, signed.Url, [], content, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? new(true, $"The signed length is taken, another answered {(int)tooMuch.StatusCode}.")
            : new(false, $"The server answered {(int)response.StatusCode}.");

        static ByteArrayContent Text(string text) => new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new("text/plain") } };
    }

    private static async Task<Finding> PostPolicyAsync(Patient patient, CancellationToken cancellationToken)
    {
        var signed = await patient.Uploads.SignPostAsync(
            patient.Key("post"), TimeSpan.FromMinutes(1), new() { MinimumBytes = 1, MaximumBytes = 5 }, cancellationToken).ConfigureAwait(false);
        using var longer = PostForm.Create(signed, "123456");
        using var tooMuch = await patient.SendAsync(HttpMethod.Post, signed.Url, [], longer, cancellationToken).ConfigureAwait(false);
        if (tooMuch.IsSuccessStatusCode)
        {
            return new(false, "More bytes than the policy allows are taken.");
        }

        using var form = PostForm.Create(signed, "12345");
        using var response = await patient.SendAsync(HttpMethod.Post, signed.Url, [], form, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode && await patient.ExistsAsync("post", cancellationToken).ConfigureAwait(false)
            ? new(true, $"The allowed length is taken, more answered {(int)tooMuch.StatusCode}.")
            : new(false, $"The server answered {(int)response.StatusCode}.");
    }

    private static async Task<Finding> CorsAsync(Patient patient, CancellationToken cancellationToken)
    {
        using var response = await patient.SendAsync(
            HttpMethod.Options,
            new Uri(patient.Signature.Sign(HttpMethod.Put, patient.Key("cors"), patient.Time.GetUtcNow(), 60, [], []).GetLeftPart(UriPartial.Path)),
            [new("Origin", "https://example.com"), new("Access-Control-Request-Method", "PUT")],
            null,
            cancellationToken).ConfigureAwait(false);
        return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins)
            ? new(true, $"The bucket lets pages of '{string.Join(' ', origins)}' write.")
            : new(false, "The bucket does not let pages of just any origin write; a rule for certain ones does not show.");
    }

    /// <summary>Supported is what the server refuses and does not store.</summary>
    private static async Task<Finding> RefusedAsync(Patient patient, string name, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return new(false, "It is ignored.");
        }

        return response.StatusCode != HttpStatusCode.Forbidden && !await patient.ExistsAsync(name, cancellationToken).ConfigureAwait(false)
            ? new(true, $"Answered {(int)response.StatusCode}, and nothing is stored.")
            : new(false, $"The server answered {(int)response.StatusCode}.");
    }
}
