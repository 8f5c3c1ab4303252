using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using StratAI.Pagination;

namespace StratAI.Host.Http;

/// <summary>The OpenAPI 3.1 document and the reference page made from it.</summary>
internal static class ApiDescription
{
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "StratAI", Version = "v1", Description = "Spaces, areas, tasks, documents, pages, meetings, games and chat." };
            // The address a document was asked at is not part of the contract.
            document.Servers = [];
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" };
            document.Security = [new() { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(OneOfAttribute), false) is [OneOfAttribute known])
            {
                schema.Enum = [.. known.Values.Select(value => (JsonNode)value)];
            }
            else if (context.JsonTypeInfo.Type == typeof(JsonElement))
            {
                // The API's only JSON without a type of its own are the documents of pages.
                schema.Type = JsonSchemaType.Object;
            }
            else if (context.JsonTypeInfo.Type == typeof(PageInfo))
            {
                DescribePageInfo(schema);
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<PageMetadata>().FirstOrDefault() is { } page)
            {
                AddPageParameters(operation, page);
            }

            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs").AllowAnonymous();
    }

    /// <summary>Both forms of the envelope: its converter decides which members are there, so there is nothing to read them off.</summary>
    private static void DescribePageInfo(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Required = new HashSet<string> { "limit", "hasMore", "nextCursor" };
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["offset"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "In offset mode." },
            ["limit"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["total"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Description = "When the rows were counted." },
            ["totalPrecision"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["estimated", "atLeast"], Description = "When the total is not exact." },
            ["hasMore"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "In the direction of travel." },
            ["nextCursor"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null },
            ["prevCursor"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "In cursor mode." },
        };
    }

    private static void AddPageParameters(OpenApiOperation operation, PageMetadata page)
    {
        operation.Parameters ??= [];
        Add("limit", "Rows per page; clamped to 1–100.", new() { Type = JsonSchemaType.Integer, Default = 50, Minimum = "1", Maximum = "100" });
        Add("offset", "Rows to skip. Not together with cursor.", new() { Type = JsonSchemaType.Integer, Default = 0, Minimum = "0" });
        Add("cursor", "nextCursor or prevCursor of another page of this list.", new() { Type = JsonSchemaType.String });
        Add("count", "Whether and how the rows are counted: by default exact with offset, none with cursor.", new()
        {
            Type = JsonSchemaType.String, Enum = ["exact", "estimated", "capped", "none"],
        });
        Add("sort", $"Fields by comma, a leading '-' for descending: {string.Join(", ", page.Fields)}.", new() { Type = JsonSchemaType.String, Default = page.Default });

        void Add(string name, string description, OpenApiSchema schema) =>
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema });
    }
}
