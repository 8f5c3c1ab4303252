using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using StratAI.Host.Hosting;

namespace StratAI.Host.Security;

internal static class TokenSetup
{
    public const string DevelopmentIssuer = "stratai-development";

    /// <summary>
    /// Checks tokens against <c>Auth:Authority</c> (OIDC) or <c>Auth:SigningKey</c> (HS256). In Development with neither, the key is derived from the
    /// master key, and <c>POST /api/dev/token</c> hands out tokens.
    /// </summary>
    /// <exception cref="StartupException">No way to check a token is configured, or the key is too short.</exception>
    public static void AddTokens(this WebApplicationBuilder builder, MasterKey master)
    {
        var configuration = builder.Configuration.GetSection("Auth");
        var authority = configuration["Authority"];
        var audience = configuration["Audience"] is { Length: > 0 } given ? given : throw new StartupException("Auth:Audience must be set: tokens for other services would be accepted without it.");
        var key = string.IsNullOrWhiteSpace(authority) ? SigningKey(configuration["SigningKey"], builder.Environment, master) : null;
        if (builder.Environment.IsDevelopment() && key is not null)
        {
            builder.Services.AddSingleton(new DevelopmentTokens(key, audience));
        }

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.Authority = authority;
            options.Audience = audience;
            // Keys come from the configured authority, wherever it may point.
            options.BackchannelHttpHandler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
            options.TokenValidationParameters = new()
            {
                ValidAudience = audience,
                NameClaimType = "name",
                ClockSkew = TimeSpan.FromSeconds(30),
                RequireSignedTokens = true,
                RequireExpirationTime = true,
                // An HS256 key has no issuer to hold the token against; with an authority its metadata names one.
                ValidateIssuer = key is null,
                IssuerSigningKey = key,
                // Never the algorithm the token asks for, such as "none".
                ValidAlgorithms = key is null ? [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256] : [SecurityAlgorithms.HmacSha256],
            };
            options.Events = new()
            {
                OnTokenValidated = context =>
                {
                    if (!CurrentUser.IsId(context.Principal!.FindFirst("sub")?.Value))
                    {
                        context.Fail("The token names no user.");
                    }

                    return Task.CompletedTask;
                },
            };
        });
        builder.Services.AddAuthorization();
    }

    private static SymmetricSecurityKey SigningKey(string? configured, IHostEnvironment environment, MasterKey master)
    {
        if (string.IsNullOrEmpty(configured))
        {
            return environment.IsDevelopment()
                ? new(master.Derive("development-tokens"))
                : throw new StartupException("Auth:Authority or Auth:SigningKey must be set outside Development: nobody could sign in.");
        }

        var bytes = Encoding.UTF8.GetBytes(configured);
        return bytes.Length >= 32 ? new(bytes) : throw new StartupException($"Auth:SigningKey has {bytes.Length} bytes; HS256 needs at least 32.");
    }
}
