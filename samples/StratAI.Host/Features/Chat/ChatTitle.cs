namespace StratAI.Host.Features.Chat;

/// <summary>What a conversation is called that has no title: the beginning of its question.</summary>
internal static class ChatTitle
{
    private const int MaximumLength = 60;

    public static string? Of(string question)
    {
        var line = string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= MaximumLength)
        {
            return line.Length > 0 ? line : null;
        }

        var end = line.LastIndexOf(' ', MaximumLength - 1);
        // Never through a pair of surrogates.
        end = end > 0 ? end : char.IsHighSurrogate(line[MaximumLength - 2]) ? MaximumLength - 2 : MaximumLength - 1;
        return line[..end] + "…";
    }
}
