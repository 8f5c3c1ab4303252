using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>The runs of text in WordprocessingML and DrawingML, which call them and what is between them by the same names.</summary>
internal static class ParagraphText
{
    // No part can refer to anything outside of itself.
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true };

    public static XmlReader Open(OpenXmlPart part) => XmlReader.Create(part.GetStream(FileMode.Open, FileAccess.Read), Settings);

    public static IEnumerable<string> Read(OpenXmlPart part)
    {
        using var xml = Open(part);
        var inText = false;
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "t"):
                    inText = !xml.IsEmptyElement;
                    break;
                case (XmlNodeType.EndElement, "t"):
                    inText = false;
                    break;
                case (XmlNodeType.Element, "tab"):
                    yield return "\t";
                    break;
                case (XmlNodeType.Element, "br" or "cr") or (XmlNodeType.EndElement, "p"):
                    yield return "\n";
                    break;
                case (XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA, _) when inText:
                    yield return xml.Value;
                    break;
            }
        }
    }
}
