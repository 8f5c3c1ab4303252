namespace StratAI.Host.Features.Integrations;

/// <summary>The stored tokens of an integration, decrypted. <paramref name="Version"/> counts the pairs there have been.</summary>
internal sealed record IntegrationTokens(
    Guid Id, string UserId, string Status, long Version, string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt, DateTimeOffset RefreshAt)
{
    public AccessToken Access => new(Id, Version, AccessToken);

    // The one a record has writes out everything, and what is logged is not to hold a token.
    public override string ToString() => $"integration {Id}, version {Version}";
}

/// <summary>An access token, and the version of the integration's tokens that it is of.</summary>
internal sealed record AccessToken(Guid IntegrationId, long Version, string Value)
{
    public override string ToString() => $"integration {IntegrationId}, version {Version}";
}

/// <summary>New tokens. A refresh token is null where the old one stays good.</summary>
internal sealed record GrantedTokens(string AccessToken, string? RefreshToken, TimeSpan Lifetime)
{
    public override string ToString() => $"tokens for {Lifetime}";
}
