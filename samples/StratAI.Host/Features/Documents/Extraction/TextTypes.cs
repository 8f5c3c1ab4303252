namespace StratAI.Host.Features.Documents.Extraction;

internal static class TextTypes
{
    public const string Pdf = "application/pdf";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    public const string Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

    /// <summary>Whether a file of this type is text as it is.</summary>
    public static bool IsPlain(string contentType) => contentType.StartsWith("text/", StringComparison.Ordinal) || contentType == "application/json";
}
