namespace StratAI.Host.Features.Chat.Local;

/// <summary>
/// Ranks the passages of documents for a question by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009). It reads
/// the text twice, first to count in how many passages each term occurs, then to score; so memory does not grow with the number of passages, and time is
/// linear in the length of the text.
/// </summary>
internal static class PassageRanking
{
    /// <summary>How many passages are kept.</summary>
    public const int MaximumPassages = 3;

    /// <summary>How soon repeating a term stops adding to the score; the usual value.</summary>
    private const double K1 = 1.2;

    /// <summary>How far a passage's length is compensated for, from 0 to 1; the usual value.</summary>
    private const double B = 0.75;

    /// <summary>The part of the question, by weight of its terms, that a passage must cover: less is a word they happen to share.</summary>
    private const double CoverageFloor = 0.15;

    /// <summary>The part of the best passage's score that the further ones must reach.</summary>
    private const double ScoreFloor = 0.5;

    /// <summary>
    /// The least number of passages that weights are computed for. In a handful of passages the formula tells terms apart by chance: a term that is in the
    /// only passage would weigh a fifth of one that is in none.
    /// </summary>
    private const int SmallestCollection = 20;

    /// <summary>The best passages, no text twice, the best one first; of equals the one that comes first in the documents.</summary>
    public static IReadOnlyList<RankedPassage> Rank(IReadOnlyList<LocalDocument> documents, Question question, CancellationToken cancellation)
    {
        if (question.Terms == 0)
        {
            return [];
        }

        var reader = new PassageReader(question);
        var (weights, averageWords) = Weigh(documents, question, reader, cancellation);
        var needed = CoverageFloor * weights.Sum();
        var best = new List<RankedPassage>(MaximumPassages + 1);
        foreach (var document in documents)
        {
            foreach (var passage in reader.Read(document, cancellation))
            {
                var (score, covered) = Score(reader.Counts, weights, averageWords);
                if (score > 0 && covered >= needed && (best.Count < MaximumPassages || score > best[^1].Score))
                {
                    Insert(best, new(document, passage, reader.Heading, score));
                }
            }
        }

        return [.. best.TakeWhile(passage => passage.Score >= ScoreFloor * best[0].Score)];
    }

    private static (double[] Weights, double AverageWords) Weigh(
        IReadOnlyList<LocalDocument> documents, Question question, PassageReader reader, CancellationToken cancellation)
    {
        long words = 0;
        var passages = 0;
        var passagesWith = new int[question.Terms];
        foreach (var document in documents)
        {
            foreach (var _ in reader.Read(document, cancellation))
            {
                passages++;
                words += reader.Counts.Words;
                foreach (var term in reader.Counts.Present())
                {
                    passagesWith[term]++;
                }
            }
        }

        var collection = Math.Max(passages, SmallestCollection);
        // One is added inside the logarithm so that a term which most passages have weighs little, and never less than nothing.
        var weights = Array.ConvertAll(passagesWith, with => Math.Log(1 + (collection - with + 0.5) / (with + 0.5)));
        return (weights, passages == 0 ? 1 : (double)words / passages);
    }

    private static (double Score, double Covered) Score(TermCounts counts, double[] weights, double averageWords)
    {
        var score = 0.0;
        var covered = 0.0;
        var saturation = K1 * (1 - B + B * counts.Words / averageWords);
        foreach (var term in counts.Present())
        {
            covered += weights[term];
            score += weights[term] * counts[term] * (K1 + 1) / (counts[term] + saturation);
        }

        return (score, covered);
    }

    private static void Insert(List<RankedPassage> best, RankedPassage passage)
    {
        var same = best.FindIndex(other => other.Text.SequenceEqual(passage.Text));
        if (same >= 0)
        {
            if (best[same].Score >= passage.Score)
            {
                return;
            }

            best.RemoveAt(same);
        }

        var place = best.FindIndex(other => other.Score < passage.Score);
        best.Insert(place < 0 ? best.Count : place, passage);
        if (best.Count > MaximumPassages)
        {
            best.RemoveAt(MaximumPassages);
        }
    }
}
