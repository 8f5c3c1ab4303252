namespace StratAI.Pagination;

/// <summary>Options of one <see cref="Pager"/>; checked at start. <see cref="IPaginationBuilder.UseDataProtection"/> takes neither key.</summary>
public sealed class PaginationOptions
{
    /// <summary>
    /// The secret that protects cursors: base64 of at least 32 random bytes, the same on every instance (<c>openssl rand -base64 32</c>).
    /// Null, the default, makes a random one per process: cursors then die with the process and mean nothing to another instance, which is
    /// logged once as a warning.
    /// </summary>
    public string? SigningKey { get; set; }

    /// <summary>
    /// Earlier values of <see cref="SigningKey"/>, whose cursors are still accepted; at most 8. To rotate, first add the new key here on
    /// every instance, then make it the signing key and the old one previous, and drop the old one when its cursors may die.
    /// </summary>
    public IList<string> PreviousSigningKeys { get; } = [];

    internal bool UsesDataProtection { get; set; }
}
