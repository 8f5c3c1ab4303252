using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace StratAI.Pagination.Internal;

/// <summary>Describes both forms of <see cref="PageInfo"/>. Its converter decides which members are there, so nothing can be read off the type.</summary>
internal sealed class PageInfoSchemaTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(PageInfo))
        {
            schema.Type = null;
            schema.Description = "Where a page lies in its list, and how to go on.";
            schema.Properties = null;
            schema.Required = null;
            schema.OneOf = [OffsetForm(), CursorForm()];
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema OffsetForm() => Form("The answer to a request by offset, or by neither offset nor cursor.", "offset", new()
    {
        ["offset"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0", Description = "The rows skipped." },
        ["nextCursor"] = Cursor("The cursor that leads on from here; null on the last page."),
    });

    private static OpenApiSchema CursorForm() => Form("The answer to a request by cursor.", "prevCursor", new()
    {
        ["nextCursor"] = Cursor("The cursor of the page after this one; null on the last page."),
        ["prevCursor"] = Cursor("The cursor of the page before this one; null on the first page."),
    });

    private static OpenApiSchema Form(string description, string mark, Dictionary<string, IOpenApiSchema> own) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Required = new HashSet<string> { mark, "limit", "hasMore", "nextCursor" },
        Properties = new Dictionary<string, IOpenApiSchema>(own)
        {
            ["limit"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = $"{PageRequest.MaximumLimit}",
                Description = "The most rows the page could hold.",
            },
            ["total"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0", Description = "The rows of the whole list; only when they were counted.",
            },
            ["totalPrecision"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String, Enum = ["estimated", "atLeast"], Description = "How total is to be read; only when it is not exact.",
            },
            ["hasMore"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Whether there are more rows in the direction of travel." },
        },
    };

    private static OpenApiSchema Cursor(string description) => new() { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = description };
}
