using System.IO.Compression;
using System.Text;

namespace StratAI.Storage.Tests.Testing;

/// <summary>The beginnings of files, made here, each enough for its format to be told.</summary>
public static class Samples
{
    public static byte[] Png => [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0];

    public static byte[] Jpeg => [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    public static byte[] Gif => [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0];

    public static byte[] WebP => [.. "RIFF"u8, 26, 0, 0, 0, .. "WEBPVP8L"u8, 13, 0, 0, 0];

    public static byte[] Avif => [0, 0, 0, 28, .. "ftypavif"u8, 0, 0, 0, 0, .. "mif1miaf"u8, 0, 0, 0, 0];

    public static byte[] AvifByCompatibleBrand => [0, 0, 0, 24, .. "ftypmif1"u8, 0, 0, 0, 0, .. "miafavif"u8];

    public static byte[] Heic => [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8];

    public static byte[] Pdf => Text("%PDF-1.7\n%\u00E2\u00E3\n1 0 obj <<>> endobj\n%%EOF");

    public static byte[] Docx => Archive("[Content_Types].xml", "_rels/.rels", "word/document.xml");

    public static byte[] Xlsx => Archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml");

    public static byte[] Pptx => Archive("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml");

    public static byte[] Docm => Archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/vbaProject.bin");

    public static byte[] Zip => Archive("readme.txt", "word/list.txt");

    public static byte[] Exe => [.. "MZ"u8, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF];

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Archive(params string[] names)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Text($"<{name}/>"));
            }
        }

        return bytes.ToArray();
    }
}
