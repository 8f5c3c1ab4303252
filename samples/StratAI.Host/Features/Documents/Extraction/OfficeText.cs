using System.IO.Compression;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Presentation;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>The text of DOCX, PPTX and XLSX files, read as a stream: none of their parts is ever in memory whole but the strings of a workbook.</summary>
internal static class OfficeText
{
    private const int MaximumEntries = 10_000;
    private const long MaximumUncompressedBytes = 200L * 1024 * 1024;

    public static IEnumerable<string> Read(Stream file, string contentType)
    {
        CheckSize(file);
        return contentType switch
        {
            TextTypes.Docx => ReadDocument(file),
            TextTypes.Pptx => ReadSlides(file),
            TextTypes.Xlsx => WorkbookText.Read(file),
            _ => throw new InvalidDataException("There is no text in a file of this type."),
        };
    }

    // What an entry says it will be is all that is ever read of it.
    private static void CheckSize(Stream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > MaximumEntries || zip.Entries.Sum(entry => entry.Length) > MaximumUncompressedBytes)
        {
            throw new ZipBombException();
        }
    }

    private static IEnumerable<string> ReadDocument(Stream file)
    {
        using var package = WordprocessingDocument.Open(file, isEditable: false);
        var main = package.MainDocumentPart ?? throw new InvalidDataException("There is no document in the file.");
        OpenXmlPart?[] parts = [main, main.FootnotesPart, main.EndnotesPart, .. main.HeaderParts, .. main.FooterParts];
        foreach (var piece in parts.OfType<OpenXmlPart>().SelectMany(ParagraphText.Read))
        {
            yield return piece;
        }
    }

    private static IEnumerable<string> ReadSlides(Stream file)
    {
        using var package = PresentationDocument.Open(file, isEditable: false);
        var presentation = package.PresentationPart ?? throw new InvalidDataException("There is no presentation in the file.");
        foreach (var id in presentation.Presentation?.SlideIdList?.Elements<SlideId>() ?? [])
        {
            var slide = (SlidePart)presentation.GetPartById(id.RelationshipId!.Value!);
            OpenXmlPart?[] parts = [slide, slide.NotesSlidePart];
            foreach (var piece in parts.OfType<OpenXmlPart>().SelectMany(ParagraphText.Read))
            {
                yield return piece;
            }
        }
    }
}
