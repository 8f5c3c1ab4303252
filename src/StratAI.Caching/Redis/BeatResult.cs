namespace StratAI.Caching.Redis;

internal enum BeatResult
{
    /// <summary>The first contact: what L1 holds from before was not watched.</summary>
    First,

    /// <summary>No message is missing, at least as of the beat before.</summary>
    Confirmed,

    /// <summary>Messages that the beat before knew of have not come.</summary>
    Lost,
}
