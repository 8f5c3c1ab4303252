using System.ComponentModel.DataAnnotations;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Integrations;

internal sealed record IntegrationBody : IRequestBody
{
    public const int MaximumTokenLength = 8_192;
    public const int MaximumLifetime = 365 * 24 * 60 * 60;

    // Into a header goes the one, into a form the other: visible ASCII, as RFC 6749 (appendix A) has it.
    private const string VisibleAscii = "^[!-~]+$";
    private const string NotVisibleAscii = "A token is visible ASCII.";

    [StringLength(MaximumTokenLength, MinimumLength = 1)]
    [RegularExpression(VisibleAscii, ErrorMessage = NotVisibleAscii)]
    public string AccessToken { get; init; } = "";

    [StringLength(MaximumTokenLength, MinimumLength = 1)]
    [RegularExpression(VisibleAscii, ErrorMessage = NotVisibleAscii)]
    public string RefreshToken { get; init; } = "";

    /// <summary>Seconds the access token is good for from now on.</summary>
    [Required(ErrorMessage = "An access token has a lifetime, in seconds.")]
    [Range(1, MaximumLifetime)]
    public int? ExpiresIn { get; init; }
}

/// <summary>A connection to a service. Tokens never leave the server.</summary>
internal sealed record IntegrationResource
{
    public static readonly PageOrder<IntegrationResource> Order = PageOrder<IntegrationResource>.Create(order => order
        .Key("createdAt", integration => integration.CreatedAt)
        .TieBreaker("id", integration => integration.Id)
        .Default("createdAt"));

    public Guid Id { get; init; }

    public string Service { get; init; } = "";

    /// <summary>
    /// <c>connected</c>; <c>expired</c> where the access token is, until its next use refreshes it; <c>error</c> where the service refuses to: it is to be connected anew.
    /// </summary>
    [OneOf(IntegrationStatus.Connected, IntegrationStatus.Expired, IntegrationStatus.Error)]
    public string Status { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>As it is at <paramref name="now"/>; what is stored does not change by time.</summary>
    public IntegrationResource At(DateTimeOffset now) =>
        Status == IntegrationStatus.Connected && ExpiresAt <= now ? this with { Status = IntegrationStatus.Expired } : this;
}

internal static class IntegrationStatus
{
    public const string Connected = "connected";
    public const string Expired = "expired";
    public const string Error = "error";
}

/// <summary>The services there are integrations with.</summary>
internal static class IntegrationServices
{
    public const string Calendar = "calendar";

    public static bool IsKnown(string service) => service == Calendar;
}
