namespace StratAI.Pagination.Internal;

/// <summary>Makes cursors that only this application can read, and reads only those.</summary>
internal interface ICursorProtector
{
    string Protect(ReadOnlySpan<byte> content);

    /// <param name="cursor">What a client sent.</param>
    /// <param name="buffer"><see cref="CursorFormat.MaximumBytes"/> for the content.</param>
    /// <param name="content">The content, in the buffer; empty when there is an error.</param>
    PageError? TryUnprotect(string cursor, Span<byte> buffer, out ReadOnlySpan<byte> content);
}
