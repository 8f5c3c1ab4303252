namespace StratAI.Storage.Internal.Sniffing;

/// <summary>Holds what a sender claims against what the bytes are.</summary>
internal static class Claims
{
    /// <summary>Formats of plain text that have no type of their own here; their bytes are kept as <c>text/plain</c>.</summary>
    private static readonly string[] OtherTexts =
        ["application/yaml", "application/x-yaml", "application/toml", "application/sql", "application/javascript", "application/x-sh", "application/x-ndjson"];

    /// <summary>The type to store, which may be more definite than the bytes show, or the claim that contradicts them.</summary>
    public static (string Type, string? Contradicted) Resolve(Detection detection, string? declaredType, string? fileName)
    {
        var declared = MediaTypes.Declared(declaredType);
        var extension = MediaTypes.OfFileName(fileName);
        // Windows browsers declare CSV files as what opens them.
        if (declared == "application/vnd.ms-excel" && extension == MediaTypes.Csv)
        {
            declared = null;
        }

        var type = detection.Type;
        foreach (var claim in new[] { declared, extension })
        {
            if (claim is null || claim == detection.Type)
            {
                continue;
            }

            if (!IsMet(claim, detection))
            {
                return (detection.Type, claim);
            }

            if (type == detection.Type && Refines(claim))
            {
                type = claim;
            }
        }

        return (type, null);
    }

    private static bool IsMet(string claim, Detection detection) => detection.Type switch
    {
        MediaTypes.Text => claim switch
        {
            MediaTypes.Json => detection.LooksLikeJson,
            // A page need not begin with a tag.
            MediaTypes.Html => true,
            MediaTypes.Xml => false,
            _ => claim.StartsWith("text/", StringComparison.Ordinal) || OtherTexts.Contains(claim),
        },
        MediaTypes.Html => claim == MediaTypes.Markdown && detection.IsFragment,
        MediaTypes.Svg => claim == MediaTypes.Xml,
        MediaTypes.Docx or MediaTypes.Xlsx or MediaTypes.Pptx => claim == MediaTypes.Zip,
        _ => false,
    };

    private static bool Refines(string claim) => claim is MediaTypes.Markdown or MediaTypes.Csv or MediaTypes.Json or MediaTypes.Html;
}
