namespace StratAI.Caching;

/// <summary>What the conditions of a request ask for.</summary>
public enum PreconditionResult
{
    /// <summary>There are none, or they hold: answer the request.</summary>
    Proceed,

    /// <summary>The client has the current representation: 304.</summary>
    NotModified,

    /// <summary>The resource is not in the state the client expects: 412, and nothing is changed.</summary>
    Failed,
}
