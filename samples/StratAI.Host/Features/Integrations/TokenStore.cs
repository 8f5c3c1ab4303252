using System.Security.Cryptography;
using StratAI.Host.Database;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Integrations;

/// <summary>
/// The tokens of integrations as a refresh changes them. Each statement names the version it starts from, so that of two that start from the same one
/// takes effect.
/// </summary>
internal sealed partial class TokenStore(AppDatabase database, IntegrationStore integrations, TokenCipher cipher, TimeProvider time, ILogger<TokenStore> logger)
{
    private const string Select =
        "SELECT id, user_id, status, version, access_token, refresh_token, expires_at, refresh_at FROM integrations";

    public async Task<IntegrationTokens?> FindAsync(string userId, string service, CancellationToken cancellation) =>
        Decrypt(await database.FindAsync<Row>($"{Select} WHERE user_id = @userId AND service = @service", new { userId, service }, cancellation));

    public async Task<IntegrationTokens?> FindAsync(Guid id) =>
        Decrypt(await database.FindAsync<Row>($"{Select} WHERE id = @id", new { id }, CancellationToken.None));

    /// <summary>Says that the holder of the fencing token is about to spend the refresh token of this version.</summary>
    /// <returns>Whether it may: nobody did so who became holder later, and the version is still the current one.</returns>
    public async Task<bool> ClaimAsync(IntegrationTokens tokens, long fencingToken) => await database.ExecuteAsync(
        "UPDATE integrations SET fence = @fencingToken WHERE id = @Id AND version = @Version AND fence < @fencingToken",
        new { tokens.Id, tokens.Version, fencingToken },
        CancellationToken.None) == 1;

    /// <summary>
    /// Stores what the refresh token of this version was spent for. By the version alone: whoever has the new tokens has the only good ones, even if it was taken for dead, and another
    /// was told that the old one is spent.
    /// </summary>
    /// <returns>Whether it was stored; else the tokens are not of that version any more.</returns>
    public async Task<bool> ReplaceAsync(IntegrationTokens old, GrantedTokens granted)
    {
        var now = time.Now();
        var stored = await database.ExecuteAsync(
            """
            UPDATE integrations SET status = 'connected', access_token = @access, refresh_token = @refresh, expires_at = @expiresAt, refresh_at = @refreshAt,
                version = version + 1, fence = 0, updated_at = @now
            WHERE id = @Id AND version = @Version
            """,
            new
            {
                old.Id, old.Version, now,
                access = cipher.Encrypt(old.Id, granted.AccessToken), refresh = cipher.Encrypt(old.Id, granted.RefreshToken ?? old.RefreshToken),
                expiresAt = now + granted.Lifetime, refreshAt = now + TokenLifetime.BeforeRefresh(granted.Lifetime),
            },
            CancellationToken.None);
        await integrations.ForgetAsync(old.UserId);
        return stored == 1;
    }

    /// <summary>The service refuses the tokens of this version: nobody tries them again.</summary>
    /// <returns>Whether they are still the current ones.</returns>
    public async Task<bool> RefuseAsync(string userId, Guid id, long version)
    {
        var marked = await database.ExecuteAsync(
            "UPDATE integrations SET status = 'error', updated_at = @now WHERE id = @id AND version = @version",
            new { id, version, now = time.Now() },
            CancellationToken.None);
        await integrations.ForgetAsync(userId);
        return marked == 1;
    }

    private IntegrationTokens? Decrypt(Row? row)
    {
        if (row is null)
        {
            return null;
        }

        try
        {
            return new(
                row.Id, row.UserId, row.Status, row.Version, cipher.Decrypt(row.Id, row.AccessToken), cipher.Decrypt(row.Id, row.RefreshToken), row.ExpiresAt, row.RefreshAt);
        }
        catch (CryptographicException exception)
        {
            // As good as refused, and nothing that trying again would mend.
            LogUnreadable(exception, row.Id);
            return new(row.Id, row.UserId, IntegrationStatus.Error, row.Version, "", "", row.ExpiresAt, row.RefreshAt);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The tokens of integration {Id} cannot be decrypted: the data-protection keys they were stored with are gone.")]
    private partial void LogUnreadable(Exception exception, Guid id);

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string UserId { get; init; } = "";

        public string Status { get; init; } = "";

        public long Version { get; init; }

        public string AccessToken { get; init; } = "";

        public string RefreshToken { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }

        public DateTimeOffset RefreshAt { get; init; }
    }
}
