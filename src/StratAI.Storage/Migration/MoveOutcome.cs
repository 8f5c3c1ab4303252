namespace StratAI.Storage.Migration;

/// <summary>What became of a row that was to be moved at once.</summary>
public enum MoveOutcome
{
    /// <summary>Its bytes are in the store, by this call or before it.</summary>
    Moved,

    /// <summary>It is bad and was set aside.</summary>
    Quarantined,

    /// <summary>Somebody else is moving or changing it. Trying again shortly helps.</summary>
    Busy,

    /// <summary>There is no such row.</summary>
    Gone,
}
