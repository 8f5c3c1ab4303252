namespace StratAI.Host.Features.Chat.Local;

/// <summary>Tokens as a language model might count them, estimated: four for every three words, the rule of thumb for English.</summary>
internal static class TokenEstimate
{
    public static long Of(string text, CancellationToken cancellation)
    {
        long words = 0;
        foreach (var _ in new WordReader(text))
        {
            words++;
            if ((words & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return (words * 4 + 2) / 3;
    }
}
