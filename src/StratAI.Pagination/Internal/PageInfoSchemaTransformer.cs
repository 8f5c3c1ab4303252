using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace StratAI.Pagination.Internal;

/// <summary>
/// Describes both forms of <see cref="PageInfo"/>. Its converter decides which members are there, so nothing can be read off the type.
/// </summary>
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

    private static OpenApiSchema OffsetForm() => Form("The answer to a request by offset, or by neither offset nor cursor.", new()
    {
        ["offset"] = Integer("int32", "The rows skipped.", minimum: 0),
        ["limit"] = Limit(),
        ["hasMore"] = HasMore(),
        ["nextCursor"] = Cursor("The cursor that leads on from here; null on the last page."),
    });

    private static OpenApiSchema CursorForm() => Form("The answer to a request by cursor.", new()
    {
        ["limit"] = Limit(),
        ["hasMore"] = HasMore(),
        ["nextCursor"] = Cursor("The cursor of the page after this one; null on the last page."),
        ["prevCursor"] = Cursor("The cursor of the page before this one; null on the first page."),
    });

    private static OpenApiSchema Form(string description, Dictionary<string, IOpenApiSchema> required) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Required = required.Keys.ToHashSet(),
        Properties = new Dictionary<string, IOpenApiSchema>(required)
        {
            ["total"] = Integer("int64", "The rows of the whole list; only when they were counted.", minimum: 0),
            ["totalPrecision"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = ["estimated", "atLeast"],
                Description = "How total is to be read; only when it is not exact.",
            },
        },
    };

    private static OpenApiSchema Limit()
    {
        var limit = Integer("int32", "The most rows the page could hold.", minimum: 1);
        limit.Maximum = $"{PageRequest.MaximumLimit}";
        return limit;
    }

    private static OpenApiSchema HasMore() =>
        new() { Type = JsonSchemaType.Boolean, Description = "Whether there are more rows in the direction of travel." };

    private static OpenApiSchema Cursor(string description) =>
        new() { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = description };

    private static OpenApiSchema Integer(string format, string description, int minimum) =>
        new() { Type = JsonSchemaType.Integer, Format = format, Minimum = $"{minimum}", Description = description };
}
