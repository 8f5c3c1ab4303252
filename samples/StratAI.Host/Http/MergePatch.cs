using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
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
        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("Not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            var node = await JsonNode.ParseAsync(context.Request.Body, null, new() { AllowDuplicateProperties = false }, context.RequestAborted);
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
