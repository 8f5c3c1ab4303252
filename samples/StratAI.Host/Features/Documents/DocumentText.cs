using System.Buffers;
using System.Data;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// The text that search and chat know of a document. It can be 2 MB in memory, so it is in a pooled buffer: strings of that size are garbage that only
/// full collections take away.
/// </summary>
internal sealed class DocumentText : IDisposable
{
    public const int MaximumCharacters = 1_000_000;

    private readonly char[] _buffer;
    private readonly int _length;

    private DocumentText(char[] buffer, int length)
    {
        _buffer = buffer;
        // A pair that the bound has cut in two is no text any more.
        _length = length > 0 && char.IsHighSurrogate(buffer[length - 1]) ? length - 1 : length;
        // PostgreSQL's text has none.
        buffer.AsSpan(0, _length).Replace('\0', ' ');
    }

    public bool IsBlank => _buffer.AsSpan(0, _length).IsWhiteSpace();

    /// <summary>Reads it: of the text formats all of it, within a bound. Null where a file has none.</summary>
    public static Func<CancellationToken, Task<DocumentText>>? Of(Upload upload) =>
        TextTypes.IsPlain(upload.ContentType) ? token => ReadAsync(upload.OpenRead(), upload.Size, token) : null;

    /// <summary>Reads UTF-8, or what its mark says, from a file of so many bytes. What is no text in it is replaced.</summary>
    public static async Task<DocumentText> ReadAsync(Stream file, long size, CancellationToken cancellation)
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        var wanted = (int)Math.Min(size, MaximumCharacters);
        var buffer = ArrayPool<char>.Shared.Rent(wanted);
        try
        {
            return new(buffer, await reader.ReadBlockAsync(buffer.AsMemory(0, wanted), cancellation));
        }
        catch
        {
            ArrayPool<char>.Shared.Return(buffer);
            throw;
        }
    }

    public override string ToString() => new(_buffer, 0, _length);

    public void Dispose() => ArrayPool<char>.Shared.Return(_buffer);

    /// <summary>Gives it to the database as it is; SQLite takes strings alone.</summary>
    internal sealed class Handler : SqlMapper.TypeHandler<DocumentText>
    {
        public override void SetValue(IDbDataParameter parameter, DocumentText? value) =>
            parameter.Value = value is null ? DBNull.Value : parameter is SqliteParameter ? value.ToString() : new ReadOnlyMemory<char>(value._buffer, 0, value._length);

        public override DocumentText Parse(object value) => throw new NotSupportedException();
    }
}
