using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>
/// A JSON Merge Patch (RFC 7396) of the writable part <typeparamref name="T"/> of a resource. It is merged into what is stored, and the outcome is
/// held to the same bounds as a new resource.
/// </summary>
internal sealed class MergePatch<T>(JsonObject patch) : IEndpointParameterMetadataProvider
    where T : class, IRequestBody
{
    public static async ValueTask<MergePatch<T>> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || !IsUtf8(context.Request.ContentType))
        {
            throw new BadHttpRequestException("Not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private static MergePatch<T> Parse(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            // The parser would put U+FFFD in the place of what is none.
            throw new ProblemException(new Problem(400, "malformed-json", ApiJson.NotUtf8));
        }

        try
        {
            var node = JsonNode.Parse(json.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json, null, new() { AllowDuplicateProperties = false });
            var patch = node as JsonObject ?? throw new ProblemException(Problem.Validation("$", "A merge patch is a JSON object."));
            // Fields are checked before anything is looked up, so that a bad patch is told so whatever it is aimed at.
            foreach (var (name, _) in patch)
            {
                if (!ApiJson.Options.GetTypeInfo(typeof(T)).Properties.Any(property => property.Name == name))
                {
                    throw new ProblemException(ExceptionToProblem.UnknownProperty(name));
                }
            }

            // What a string holds is looked at only when it is read, which is not to fail in the middle of a change.
            _ = patch.ToJsonString();
            return new(patch);
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problem.Validation("$", ApiJson.NoLoneSurrogate));
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException("Not JSON.", exception);
        }
    }

    private static bool IsUtf8(string? contentType) => MediaTypeHeaderValue.Parse(contentType) is { Charset.Length: 0 } or { Encoding: UTF8Encoding };

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/merge-patch+json", "application/json"], typeof(T)));

    /// <summary>The patched body, or the problem with it.</summary>
    public (T Body, Problem? Problem) Apply(T current)
    {
        // Not SerializeToNode: its objects take names that differ in case for one, as binding does, and a client's own JSON in them may hold both.
        var merged = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(current, ApiJson.Options))!.AsObject();
        foreach (var (name, value) in patch)
        {
            // At the top a null stays in the document: where null is not allowed, that is an error and not the field's default.
            merged[name] = Merge(merged[name], value);
        }

        try
        {
            var body = merged.Deserialize<T>(ApiJson.Options)!;
            return (body, Validation.Check(body));
        }
        catch (JsonException exception)
        {
            return (current, ExceptionToProblem.ForJson(exception));
        }
    }

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target is JsonObject known ? known.DeepClone().AsObject() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = Merge(merged[name], value);
            }
        }

        return merged;
    }
}
