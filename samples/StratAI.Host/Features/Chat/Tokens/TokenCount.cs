using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace StratAI.Host.Features.Chat.Tokens;

/// <summary>
/// Tokens of text, counted by the encoding o200k_base. Short text is counted whole; of longer text a sample is counted, so that no prompt costs more than some
/// tens of milliseconds. Other models' tokens differ: Claude's are more.
/// </summary>
internal static class TokenCount
{
    // An encoder's work grows with the square of a word's length, and a word may be as long as its text.
    private const int Piece = 512;
    private const int Pieces = 64;
    private const int BytesPerToken = 4;

    private static readonly Task<TiktokenTokenizer> Encoder = Task.Run(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>Completes when the encoding is loaded, which takes about a second. Until then four bytes count as a token, and nobody waits.</summary>
    public static Task Ready => Encoder;

    public static long Of(string text) => Of([text]);

    /// <summary>The tokens of all texts together.</summary>
    public static long Of(IReadOnlyCollection<string> texts)
    {
        if (!Encoder.IsCompletedSuccessfully)
        {
            return (texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text)) + BytesPerToken - 1) / BytesPerToken;
        }

        var total = texts.Sum(text => (long)text.Length);
        // The distance between two pieces that are counted: their own length as long as that is everything.
        var stride = Math.Max(Piece, total / Pieces);
        var (counted, tokens, at, next) = (0L, 0L, 0L, 0L);
        foreach (var text in texts)
        {
            for (; next < at + text.Length; next += stride)
            {
                var piece = text.AsSpan((int)(next - at));
                piece = piece[..Math.Min(piece.Length, Piece)];
                (counted, tokens) = (counted + piece.Length, tokens + Encoder.Result.CountTokens(piece));
            }

            at += text.Length;
            next = stride == Piece ? at : next;
        }

        return counted == 0 ? 0 : (long)Math.Ceiling((double)tokens * total / counted);
    }

    /// <summary>The text of contents that a model reads or writes.</summary>
    public static IEnumerable<string> TextOf(IEnumerable<AIContent> contents)
    {
        foreach (var content in contents)
        {
            switch (content)
            {
                case TextContent text:
                    yield return text.Text;
                    break;
                case TextReasoningContent reasoning:
                    yield return reasoning.Text;
                    break;
                case FunctionCallContent call:
                    yield return call.Name;
                    foreach (var (name, value) in call.Arguments ?? Enumerable.Empty<KeyValuePair<string, object?>>())
                    {
                        yield return name;
                        yield return value?.ToString() ?? "";
                    }

                    break;
                case FunctionResultContent result:
                    yield return result.Result?.ToString() ?? "";
                    break;
                default:
                    // Usage, errors and the like are no tokens of the model.
                    break;
            }
        }
    }
}
