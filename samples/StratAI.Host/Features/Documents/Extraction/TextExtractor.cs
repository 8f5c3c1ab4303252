using System.Text;
using UglyToad.PdfPig.Exceptions;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>
/// The process that <see cref="TextProcess"/> starts: reads one file from standard input and writes its text to standard output. Parsers of PDF and Office
/// files cannot be cancelled, and a hostile file can take all memory or the stack; here it takes a process that nobody misses.
/// </summary>
internal static class TextExtractor
{
    public const string Command = "extract-text";

    private const int Read = 0;

    public static int Run(string contentType)
    {
        using var file = new MemoryStream();
        using (var input = Console.OpenStandardInput())
        {
            input.CopyTo(file);
        }

        file.Position = 0;
        try
        {
            using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            Write(contentType == TextTypes.Pdf ? PdfText.Read(file) : OfficeText.Read(file, contentType), output);
            return Read;
        }
        catch (PdfDocumentEncryptedException)
        {
            return (int)TextFailure.Encrypted;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ZipBombException)
        {
            return (int)TextFailure.TooLarge;
        }
        catch (Exception)
        {
            // Whatever a parser throws, the file is one that it cannot read.
            return (int)TextFailure.Unreadable;
        }
    }

    private static void Write(IEnumerable<string> pieces, StreamWriter output)
    {
        var left = DocumentText.MaximumCharacters;
        foreach (var piece in pieces)
        {
            output.Write(piece.AsSpan(0, Math.Min(piece.Length, left)));
            left -= piece.Length;
            if (left <= 0)
            {
                return;
            }
        }
    }
}
