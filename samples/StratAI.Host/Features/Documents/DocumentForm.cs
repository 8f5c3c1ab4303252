using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using StratAI.Host.Errors;

namespace StratAI.Host.Features.Documents;

/// <summary>An upload as <c>multipart/form-data</c> (RFC 7578), read up to the bytes of its file.</summary>
internal sealed class DocumentForm
{
    private const int MaximumFieldBytes = 1024;

    private readonly Dictionary<string, Guid> _fields = [];
    private readonly MultipartReader _reader;

    private DocumentForm(MultipartReader reader) => _reader = reader;

    public Guid? SpaceId => Field("spaceId");

    public Guid? AreaId => Field("areaId");

    public string Filename { get; private set; } = "";

    public string? DeclaredType { get; private set; }

    public Stream File { get; private set; } = Stream.Null;

    /// <exception cref="InvalidDataException">The body is no multipart.</exception>
    /// <exception cref="IOException">It ends early.</exception>
    public static async Task<(DocumentForm? Form, Problem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is not { Length: > 0 and <= 70 } boundary)
        {
            return (null, new Problem(415, "unsupported-media-type", "A document is uploaded as multipart/form-data with a boundary."));
        }

        var form = new DocumentForm(new(boundary, request.Body) { HeadersLengthLimit = 8 * 1024 });
        return await form.ReadToFileAsync(cancellation) is { } problem ? (null, problem) : (form, null);
    }

    /// <summary>Tells a repetition by what is in it: its boundaries and the order of its fields are other ones. Null unless it is a whole form.</summary>
    public static async Task<string?> FingerprintAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            var (form, _) = await ReadAsync(request, cancellation);
            var hash = form is null ? null : Convert.ToHexStringLower(await SHA256.HashDataAsync(form.File, cancellation));
            return hash is not null && await form!.EndsAsync(cancellation) ? form.FingerprintWith(hash) : null;
        }
        catch (Exception exception) when (IsMalformed(exception, cancellation))
        {
            return null;
        }
    }

    /// <summary>The fingerprint of the form whose file has this SHA-256.</summary>
    public string FingerprintWith(string sha256) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"POST /api/documents\n{SpaceId}\n{AreaId}\n{DeclaredType}\n{sha256}\n{Filename}")));

    /// <summary>Once the file is read: whether it was the last part. A body that ends here has been cut off: its sender never said that it was whole.</summary>
    public async Task<bool> EndsAsync(CancellationToken cancellation) => await _reader.ReadNextSectionAsync(cancellation) is null;

    /// <summary>The reader's words for a body that ends early or is no multipart; what a broken connection throws is none of them.</summary>
    public static bool IsMalformed(Exception exception, CancellationToken cancellation) =>
        exception is InvalidDataException || (exception is IOException and not BadHttpRequestException && !cancellation.IsCancellationRequested);

    private async Task<Problem?> ReadToFileAsync(CancellationToken cancellation)
    {
        while (await _reader.ReadNextSectionAsync(cancellation) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name).ToString() is not { Length: > 0 } name)
            {
                return Problem.Validation("$", "A part has no name.");
            }

            if (name == "file")
            {
                Filename = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
                (DeclaredType, File) = (section.ContentType, section.Body);
                return FileNames.Check(Filename) is { } bad ? Problem.Validation("file", bad) : null;
            }

            if (name is not ("spaceId" or "areaId"))
            {
                return ExceptionToProblem.UnknownProperty(name);
            }

            if (await ReadIdAsync(section, cancellation) is not { } id || !_fields.TryAdd(name, id))
            {
                return Problem.Validation(name, "The value is not one UUID.");
            }
        }

        return Problem.Validation("file", "The file is missing.");
    }

    private static async Task<Guid?> ReadIdAsync(MultipartSection section, CancellationToken cancellation)
    {
        var buffer = new byte[MaximumFieldBytes];
        var length = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return Guid.TryParse(Encoding.UTF8.GetString(buffer, 0, length), out var id) ? id : null;
    }

    private Guid? Field(string name) => _fields.TryGetValue(name, out var value) ? value : null;
}
