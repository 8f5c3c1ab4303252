using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace StratAI.Pagination.Internal;

/// <summary>Describes the query parameters and the 400 answer of operations that take a <see cref="PageRequest"/>.</summary>
internal sealed class PageOperationTransformer : IOpenApiOperationTransformer
{
    private const string Problem = "PageProblem";
    private const string Codes =
        "invalid-pagination, pagination-conflict, invalid-sort, cursor-malformed, cursor-tampered, cursor-mismatch, cursor-version";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (TakesPageRequest(context.Description))
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata.OfType<IPageOrderMetadata>();
            AddParameters(operation, metadata.LastOrDefault()?.Order);
            AddProblem(operation, context.Document!);
        }

        return Task.CompletedTask;
    }

    private static bool TakesPageRequest(ApiDescription description) =>
        description.ActionDescriptor.Parameters.Any(parameter => parameter.ParameterType == typeof(PageRequest))
        || description.ActionDescriptor.EndpointMetadata.OfType<IParameterBindingMetadata>()
            .Any(parameter => parameter.ParameterInfo.ParameterType == typeof(PageRequest));

    private static void AddParameters(OpenApiOperation operation, PageOrder? order)
    {
        Add("limit", "Rows per page. What is out of range is clamped.", new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Default = PageRequest.DefaultLimit,
            Minimum = "1",
            Maximum = $"{PageRequest.MaximumLimit}",
        });
        Add("offset", "Rows to skip. Not together with cursor.", new()
        {
            Type = JsonSchemaType.Integer, Format = "int32", Default = 0, Minimum = "0",
        });
        Add("cursor", "nextCursor or prevCursor of another page of this list.", new() { Type = JsonSchemaType.String });
        Add("count", "Whether and how the rows of the whole list are counted; by default exact with offset, none with cursor.", new()
        {
            Type = JsonSchemaType.String, Enum = ["exact", "estimated", "capped", "none"],
        });
        if (order is { Fields.Count: > 0 })
        {
            const string Description = "The order: each field at most once, a leading '-' for descending.";
            Add("sort", Description, SortSchema(order), ParameterStyle.Form, explode: false);
        }

        void Add(string name, string description, OpenApiSchema schema, ParameterStyle? style = null, bool explode = true)
        {
            operation.Parameters ??= [];
            if (!operation.Parameters.Any(parameter => parameter.In == ParameterLocation.Query && parameter.Name == name))
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = name, In = ParameterLocation.Query, Description = description, Schema = schema, Style = style, Explode = explode,
                });
            }
        }
    }

    private static OpenApiSchema SortSchema(PageOrder order)
    {
        string[] terms = [.. order.Fields.SelectMany(field => new[] { field, $"-{field}" })];
        var defaults = order.Default.Split(',');
        return new()
        {
            Type = JsonSchemaType.Array,
            Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. terms.Select(term => (JsonNode)term)] },
            UniqueItems = true,
            // A default by the tie-breaker alone need not be one that clients can ask for.
            Default = defaults.All(terms.Contains) ? new JsonArray([.. defaults.Select(term => (JsonNode)term)]) : null,
        };
    }

    private static void AddProblem(OpenApiOperation operation, OpenApiDocument document)
    {
        operation.Responses ??= [];
        if (operation.Responses.ContainsKey("400"))
        {
            return;
        }

        if (document.Components?.Schemas?.ContainsKey(Problem) is not true)
        {
            document.AddComponent(Problem, ProblemSchema());
        }

        operation.Responses["400"] = new OpenApiResponse
        {
            Description = "The page cannot be answered; code says why.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document) },
            },
        };
    }

    private static OpenApiSchema ProblemSchema()
    {
        var properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = OptionalText(),
            ["title"] = OptionalText(),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.Null, Format = "int32" },
            ["detail"] = OptionalText(),
            ["instance"] = OptionalText(),
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = $"Stable. Of paging: {Codes}." },
        };
        return new() { Type = JsonSchemaType.Object, Description = "A problem document (RFC 9457).", Properties = properties };
    }

    private static OpenApiSchema OptionalText() => new() { Type = JsonSchemaType.String | JsonSchemaType.Null };
}
