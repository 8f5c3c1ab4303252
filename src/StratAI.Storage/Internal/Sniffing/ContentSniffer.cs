namespace StratAI.Storage.Internal.Sniffing;

/// <summary>What the bytes are.</summary>
/// <param name="Type">The media type; <c>application/octet-stream</c> when no known format.</param>
/// <param name="LooksLikeJson">Of text: it begins and ends as one JSON value does.</param>
/// <param name="IsFragment">Of HTML: it begins with a tag that Markdown may begin with too.</param>
internal readonly record struct Detection(string Type, bool LooksLikeJson = false, bool IsFragment = false);

/// <summary>
/// Finds the type of bytes as they stream by, from their beginning (kept up to 4 KiB), from all of them for text, and from the stored
/// archive for
/// Office documents.
/// </summary>
internal sealed class ContentSniffer
{
    private const int HeadBytes = 4096;
    private readonly byte[] _head = new byte[HeadBytes];
    private readonly TextScanner _text = new();
    private int _headLength;

    /// <summary>The type, once the bytes seen settle it whatever follows; <see langword="null"/> while it is open.</summary>
    public string? Settled { get; private set; }

    public void Append(ReadOnlySpan<byte> chunk)
    {
        var headPart = chunk[..Math.Min(chunk.Length, HeadBytes - _headLength)];
        headPart.CopyTo(_head.AsSpan(_headLength));
        _headLength += headPart.Length;
        _text.Append(chunk);
        if (Settled is null && _headLength == HeadBytes)
        {
            Settle();
        }
    }

    public async ValueTask<Detection> CompleteAsync(Spool body, CancellationToken cancellationToken)
    {
        Settle();
        if (Settled is not null)
        {
            return new(Settled);
        }

        if (Signatures.Detect(Head) == MediaTypes.Zip)
        {
            return new(await OfficeArchive.DetectAsync(body, cancellationToken).ConfigureAwait(false));
        }

        if (!_text.Complete())
        {
            return new(MediaTypes.Binary);
        }

        return Markup.Detect(Head) switch
        {
            MarkupKind.Svg => new(MediaTypes.Svg),
            MarkupKind.Xhtml => new(MediaTypes.Xhtml),
            MarkupKind.Xml => new(MediaTypes.Xml),
            MarkupKind.Html => new(MediaTypes.Html),
            MarkupKind.HtmlFragment => new(MediaTypes.Html, IsFragment: true),
            _ => new(MediaTypes.Text, LooksLikeJson()),
        };
    }

    private ReadOnlySpan<byte> Head => _head.AsSpan(0, _headLength);

    /// <summary>Not a parse: it tells JSON from other text, and a whole file from one cut short, without holding the document.</summary>
    private bool LooksLikeJson()
    {
        var first = Markup.SkipSpace(Markup.SkipByteOrderMark(Head)) is [var begin, ..] ? (char)begin : default;
        return (first, (char)_text.Last) switch
        {
            ('{', '}') or ('[', ']') or ('"', '"') => true,
            ('t' or 'f', 'e') or ('n', 'l') => true,
            ( >= '0' and <= '9' or '-', >= '0' and <= '9') => true,
            _ => false,
        };
    }

    private void Settle() => Settled ??= Signatures.Detect(Head) switch
    {
        MediaTypes.Zip => null,
        { } type => type,
        null => _text.IsText ? null : MediaTypes.Binary,
    };
}
