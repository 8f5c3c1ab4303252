using Microsoft.AspNetCore.DataProtection;

namespace StratAI.Host.Features.Integrations;

/// <summary>Tokens as they are stored: under the data-protection keys that the instances share, and good for their own integration alone.</summary>
internal sealed class TokenCipher(IDataProtectionProvider protection)
{
    public string Encrypt(Guid integration, string token) => Protector(integration).Protect(token);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The keys it was encrypted with are gone.</exception>
    public string Decrypt(Guid integration, string stored) => Protector(integration).Unprotect(stored);

    private IDataProtector Protector(Guid integration) => protection.CreateProtector("StratAI.Host.Integrations", $"{integration}");
}
