namespace StratAI.Host.Features.Chat.Local;

/// <summary>How <see cref="LocalChatClient"/> answers. Bound to <c>Chat:Local</c>.</summary>
internal sealed class LocalChatOptions
{
    /// <summary>The pause between two streamed words, so that an interface can be seen streaming. From zero to one minute; zero, the default, means none.</summary>
    public TimeSpan WordDelay { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How many characters (UTF-16 code units) of all documents together one question may read, in the documents' order; positive. Default 33,554,432, some
    /// three documents at the upload limit. The answer says so when documents were longer.
    /// </summary>
    public int MaximumCharacters { get; set; } = 32 * 1024 * 1024;
}
