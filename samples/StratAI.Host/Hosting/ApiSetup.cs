using StratAI.Host.Edge;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Documents;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Host.Features.Documents.Migration;
using StratAI.Host.Features.Pages;
using StratAI.Host.Features.Preferences;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Host.Telemetry;
using StratAI.Storage;

namespace StratAI.Host.Hosting;

internal static partial class ApiSetup
{
    private const long MaximumJsonBytes = 1024 * 1024;
    private const long ReadAheadBytes = 64 * 1024;

    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaximumJsonBytes;
        });
        // Kestrel reads ahead by 1 MB per connection otherwise: a hundred uploads would hold 100 MB that nobody has asked for yet.
        builder.WebHost.UseSockets(options => options.MaxReadBufferSize = ReadAheadBytes);
        builder.Services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        builder.Services.AddProblems();
        builder.Services.AddApiDescription();
        builder.Services.AddSingleton<PageReader>();
        builder.Services.AddSingleton<PreferencesStore>();
        builder.Services.AddSingleton<AreaStore>();
        builder.Services.AddSingleton<SpaceStore>();
        builder.Services.AddSingleton<Places>();
        builder.Services.AddOptions<DocumentOptions>().Bind(builder.Configuration.GetSection("Documents")).ValidateOnStart()
            .Validate(options => Enum.IsDefined(options.Delivery), "Documents:Delivery is neither Stream nor Redirect.");
        builder.Services.AddSingleton<ObjectMetrics>();
        builder.Services.AddSingleton<ObjectLedger>();
        builder.Services.AddImageMigration();
        builder.Services.AddSingleton<DocumentStore>();
        builder.Services.AddSingleton<ContextDocuments>();
        builder.Services.AddTextExtraction();
        builder.Services.AddSingleton<DocumentImages>();
        builder.Services.AddSingleton<DocumentUpload>();
        if (builder.Configuration["Uploads:ClamAv:Address"] is { Length: > 0 } clamAv)
        {
            builder.Services.AddSingleton<IUploadScanner>(ClamAvScanner.At(clamAv));
        }

        builder.Services.AddSingleton<DirectUploadStore>();
        builder.Services.AddSingleton<DirectUploads>();
        builder.Services.AddSingleton<PageStore>();
        builder.Services.AddSingleton<IdempotencyStore>();
        builder.Services.AddHostedService<Housekeeper>();
    }

    /// <summary>Says at start which parts still hold this deployment to one instance.</summary>
    public static void LogConstraints(this WebApplication app)
    {
        foreach (var constraint in app.Services.GetRequiredService<PartModes>().Constraints)
        {
            LogConstraint(app.Logger, constraint);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "One instance only: {Constraint}")]
    private static partial void LogConstraint(ILogger logger, string constraint);

    /// <summary>What every request passes, from the outside in.</summary>
    public static void UseApi(this WebApplication app)
    {
        app.UseEdge();
        app.UseCacheControl();
        app.UseRequestIdentity();
        app.UseRequestLog();
        app.UseProblems();
        app.UseRoutingWithHead();
        app.UseOrigins();
        // From memory, before the token is looked at: a flood of bad tokens does not cost their validation.
        app.UseKnownRefusals(LimitPolicies.Ip);
        app.UseAuthentication();
        // All of a request's limits by one call. Before authorization, so that a bad token is charged to its address and then told so.
        app.UseStratAIRateLimiting();
        app.UseAuthorization();
        app.UseVaryByUser();
        app.UseReadYourWrites(context => context.User.FindFirst("sub")?.Value);
        app.UseIdempotency();
        // Behind all that decides whether this request may be answered: what is kept is the answer, never the decision.
        app.UseOutputCache();
    }

    /// <summary>The group that all of the API's endpoints are in.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app)
    {
        // What an endpoint says nothing more about is its caller's alone, and asked for anew.
        var api = app.MapGroup("/api").RequireAuthorization().RequireLimits(LimitPolicies.Ip, LimitPolicies.User).WithCacheControl("private, no-cache");
        return api.ValidateBodies();
    }
}
