using System.Globalization;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>The cells of a workbook: a line for each row, with tabs between.</summary>
internal static class WorkbookText
{
    public static IEnumerable<string> Read(Stream file)
    {
        using var package = SpreadsheetDocument.Open(file, isEditable: false);
        var workbook = package.WorkbookPart ?? throw new InvalidDataException("There is no workbook in the file.");
        var shared = workbook.SharedStringTablePart is { } strings ? ReadItems(strings, "si").ToList() : [];
        foreach (var sheet in workbook.WorksheetParts)
        {
            foreach (var piece in ReadSheet(sheet, shared))
            {
                yield return piece;
            }
        }
    }

    private static IEnumerable<string> ReadSheet(WorksheetPart sheet, List<string> shared)
    {
        using var xml = ParagraphText.Open(sheet);
        var isShared = false;
        var value = new StringBuilder();
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "c"):
                    isShared = xml.GetAttribute("t") == "s";
                    value.Clear();
                    break;
                // The value, or the text of one that is not shared. A formula is not what is shown.
                case (XmlNodeType.Element, "v" or "t") when !xml.IsEmptyElement && xml.Read():
                    value.Append(xml.Value);
                    break;
                case (XmlNodeType.EndElement, "c") when value.Length > 0:
                    yield return isShared ? shared.ElementAtOrDefault(int.Parse(value.ToString(), CultureInfo.InvariantCulture)) ?? "" : value.ToString();
                    yield return "\t";
                    break;
                case (XmlNodeType.EndElement, "row"):
                    yield return "\n";
                    break;
            }
        }
    }

    /// <summary>The text of each item; of one in several formats, all of them together.</summary>
    private static IEnumerable<string> ReadItems(OpenXmlPart part, string name)
    {
        using var xml = ParagraphText.Open(part);
        var item = new StringBuilder();
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "t", IsEmptyElement: false } && xml.Read())
            {
                item.Append(xml.Value);
            }
            else if ((xml is { NodeType: XmlNodeType.EndElement } or { NodeType: XmlNodeType.Element, IsEmptyElement: true }) && xml.LocalName == name)
            {
                yield return item.ToString();
                item.Clear();
            }
        }
    }
}
