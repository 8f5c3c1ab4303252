using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;
using A = DocumentFormat.OpenXml.Drawing;
using P = DocumentFormat.OpenXml.Presentation;
using S = DocumentFormat.OpenXml.Spreadsheet;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Files with text in them, made here; and some that only seem to be.</summary>
public static class TextFiles
{
    public static byte[] Pdf(params string[] pages)
    {
        var pdf = new PdfDocumentBuilder();
        var font = pdf.AddStandard14Font(Standard14Font.Helvetica);
        foreach (var page in pages)
        {
            pdf.AddPage(595, 842).AddText(page, 12, new PdfPoint(50, 700), font);
        }

        return pdf.Build();
    }

    /// <summary>A PDF that cannot be opened without its password.</summary>
    public static byte[] EncryptedPdf()
    {
        var zeros = $"<{new string('0', 64)}>";
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
            $"<< /Filter /Standard /V 1 /R 2 /P -4 /O {zeros} /U {zeros} >>",
        ];
        var (text, table) = ("%PDF-1.4\n", "0000000000 65535 f \n");
        for (var i = 0; i < objects.Length; i++)
        {
            table += $"{text.Length:D10} 00000 n \n";
            text += $"{i + 1} 0 obj\n{objects[i]}\nendobj\n";
        }

        return Encoding.ASCII.GetBytes(
            $"{text}xref\n0 {objects.Length + 1}\n{table}trailer\n<< /Size {objects.Length + 1} /Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>\nstartxref\n{text.Length}\n%%EOF");
    }

    public static byte[] Docx(params string[] paragraphs) => Make(
        stream => WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document),
        package => package.AddMainDocumentPart().Document = new Document(new Body(paragraphs.Select(text => new Paragraph(new Run(new Text(text)))))));

    public static byte[] Xlsx(string text, int number) => Make(
        stream => SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook),
        package =>
        {
            var workbook = package.AddWorkbookPart();
            workbook.AddNewPart<SharedStringTablePart>().SharedStringTable = new S.SharedStringTable(new S.SharedStringItem(new S.Text(text)));
            var sheet = workbook.AddNewPart<WorksheetPart>();
            sheet.Worksheet = new S.Worksheet(new S.SheetData(new S.Row(
                new S.Cell { DataType = S.CellValues.SharedString, CellValue = new S.CellValue("0") }, new S.Cell { CellValue = new S.CellValue(number) })));
            workbook.Workbook = new S.Workbook(new S.Sheets(new S.Sheet { Id = workbook.GetIdOfPart(sheet), SheetId = 1, Name = "One" }));
        });

    public static byte[] Pptx(string text) => Make(
        stream => PresentationDocument.Create(stream, PresentationDocumentType.Presentation),
        package =>
        {
            var presentation = package.AddPresentationPart();
            var slide = presentation.AddNewPart<SlidePart>();
            slide.Slide = new P.Slide(new P.CommonSlideData(new P.ShapeTree(new P.Shape(new P.TextBody(new A.BodyProperties(), new A.Paragraph(new A.Run(new A.Text(text))))))));
            presentation.Presentation = new P.Presentation(new P.SlideIdList(new P.SlideId { Id = 256, RelationshipId = presentation.GetIdOfPart(slide) }));
        });

    /// <summary>A small file that would become 210 MB.</summary>
    public static byte[] DocxBomb()
    {
        using var bytes = new MemoryStream();
        bytes.Write(Docx("Boom"));
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Update, leaveOpen: true))
        using (var entry = zip.CreateEntry("word/more.xml", CompressionLevel.Fastest).Open())
        {
            var megabyte = new byte[1024 * 1024];
            for (var i = 0; i < 210; i++)
            {
                entry.Write(megabyte);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Make<T>(Func<Stream, T> create, Action<T> fill)
        where T : OpenXmlPackage
    {
        using var bytes = new MemoryStream();
        using (var package = create(bytes))
        {
            fill(package);
        }

        return bytes.ToArray();
    }
}
