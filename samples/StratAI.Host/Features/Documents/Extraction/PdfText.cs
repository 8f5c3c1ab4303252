using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>The text of a PDF, page by page. Pictures of text have none.</summary>
internal static class PdfText
{
    private static readonly ParsingOptions Options = new() { UseLenientParsing = true, SkipMissingFonts = true };

    public static IEnumerable<string> Read(Stream file)
    {
        using var pdf = PdfDocument.Open(file, Options);
        for (var number = 1; number <= pdf.NumberOfPages; number++)
        {
            yield return ContentOrderTextExtractor.GetText(pdf.GetPage(number));
            yield return "\n\n";
        }
    }
}
