namespace StratAI.Storage.Tests.Testing;

/// <summary>What a <see cref="FaultProxy"/> does to one request.</summary>
public abstract record Fault
{
    /// <summary>Does nothing to it.</summary>
    public sealed record None : Fault;

    /// <summary>Resets the connection within the head of the request.</summary>
    public sealed record ResetInRequestHead : Fault;

    /// <summary>Resets it after so many bytes of the request's body; without a body, after its head.</summary>
    public sealed record ResetInRequestBody(int Bytes = 1) : Fault;

    /// <summary>Passes the request on, and resets the connection once so many bytes of the answer's head were passed back.</summary>
    public sealed record ResetInAnswerHead(int Bytes = 9) : Fault;

    /// <summary>Passes the request on, and resets the connection once the head of the answer and so many bytes of its body were passed back.</summary>
    public sealed record ResetInAnswerBody(int Bytes) : Fault;

    /// <summary>Answers this itself, once it has taken the request in; the server never sees it.</summary>
    public sealed record Answer(string Text) : Fault
    {
        /// <summary>Answers without reading the body, and closes.</summary>
        public bool Early { get; init; }
    }

    /// <summary>Reads the head and no more, and never answers.</summary>
    public sealed record StopReading : Fault;

    /// <summary>Takes the request in, and answers a byte at a time, without an end.</summary>
    public sealed record Drip : Fault;
}
