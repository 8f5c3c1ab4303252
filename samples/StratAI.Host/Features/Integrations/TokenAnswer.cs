namespace StratAI.Host.Features.Integrations;

/// <summary>What the token endpoint made of a refresh token.</summary>
internal abstract record TokenAnswer
{
    public sealed record Granted(GrantedTokens Tokens) : TokenAnswer;

    /// <summary><c>invalid_grant</c>: spent, revoked or expired.</summary>
    public sealed record Refused : TokenAnswer;

    /// <summary>It did not answer, or not in a way that says what became of the token.</summary>
    public sealed record Unavailable : TokenAnswer;
}
