namespace StratAI.Benchmarks.Chat;

internal enum StatementKind
{
    /// <summary>What the answer is made from besides the conversation: preferences, area, access, documents.</summary>
    Context,

    ConversationRead,

    Write,

    /// <summary>Transactions, and the resetting of pooled connections.</summary>
    Control,

    /// <summary>What runs by the clock and not by the message.</summary>
    Timer,
}
