using System.Globalization;
using System.Text;

namespace StratAI.Host.Features.Chat.Local;

/// <summary>Writes the answer: the quotes, each with its document's name, or plainly why there is none.</summary>
internal static class LocalAnswer
{
    private const string Introduction = "I am the local extractive responder: I answer only by quoting the documents I am given.";
    private const int MaximumNames = 5;

    public static string Compose(LocalPrompt prompt, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(prompt.Question))
        {
            return $"There is no question to look for an answer to. {Introduction}";
        }

        if (prompt.Documents.Count == 0)
        {
            return $"I was given no documents, so I have nothing to quote. {Introduction}";
        }

        var question = Question.Parse(prompt.Question);
        var passages = PassageRanking.Rank(prompt.Documents, question, cancellation);
        var answer = new StringBuilder();
        foreach (var passage in passages)
        {
            AppendQuote(answer, passage);
        }

        if (passages.Count == 0)
        {
            AppendNothingFound(answer, prompt.Documents, question);
        }

        AppendUnread(answer, prompt.Documents);
        return answer.ToString();
    }

    /// <summary>The text in pieces to stream: each a word with the white space behind it. Put together they are the text.</summary>
    public static IEnumerable<string> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            while (end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            yield return text[start..end];
            start = end;
        }
    }

    private static void AppendQuote(StringBuilder answer, RankedPassage ranked)
    {
        var (document, passage, heading, _) = ranked;
        answer.Append(answer.Length == 0 ? "" : "\n\n").Append("From \"").Append(document.Name).Append('"');
        if (heading is { } over && over.Start != passage.Start)
        {
            answer.Append(", under \"").Append(document.Slice(over)).Append('"');
        }

        // What was left out is marked outside the quotation marks: between them stands the document's own text and nothing else.
        answer.Append(passage.CutBefore ? ": … \"" : ": \"").Append(ranked.Text).Append(passage.CutAfter ? "\" …" : "\"");
    }

    private static void AppendNothingFound(StringBuilder answer, IReadOnlyList<LocalDocument> documents, Question question)
    {
        answer.Append(question.Terms == 0 ? "Your question has no word that I could look for" : "I found nothing about that")
            .Append(" in the ").Append(documents.Count == 1 ? "document" : string.Create(CultureInfo.InvariantCulture, $"{documents.Count} documents"))
            .Append(" I was given: ").AppendJoin(", ", documents.Take(MaximumNames).Select(document => $"\"{document.Name}\""));
        if (documents.Count > MaximumNames)
        {
            answer.Append(CultureInfo.InvariantCulture, $" and {documents.Count - MaximumNames} more");
        }

        answer.Append(". ").Append(Introduction);
    }

    private static void AppendUnread(StringBuilder answer, IReadOnlyList<LocalDocument> documents)
    {
        if (documents.Any(document => document.IsPartial))
        {
            var read = documents.Sum(document => (long)document.Length);
            answer.Append(CultureInfo.InvariantCulture, $"\n\nI read only the first {read:N0} characters of the documents.");
        }
    }
}
