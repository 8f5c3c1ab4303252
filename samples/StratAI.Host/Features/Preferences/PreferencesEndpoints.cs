using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Http;
using StratAI.Host.Security;

namespace StratAI.Host.Features.Preferences;

internal static class PreferencesEndpoints
{
    public static void MapPreferences(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/preferences").WithTags("Preferences").WithCacheControl("private, max-age=300");
        group.MapGet("", Get).WithSummary("Your preferences; defaults before the first change.");
        group.MapPatch("", Patch).WithSummary("Changes some of your preferences.");
    }

    private static async Task<Resource<PreferencesResource>> Get(CurrentUser user, PreferencesStore store, CancellationToken cancellation) =>
        Resource.Of((await store.GetAsync(user.Id, cancellation)).ToResource());

    private static async Task<Results<Resource<PreferencesResource>, Problem>> Patch(
        MergePatch<PreferencesBody> patch, CurrentUser user, PreferencesStore store, HttpRequest request, CancellationToken cancellation)
    {
        var (preferences, problem) = await store.UpdateAsync(
            user.Id,
            current => request.CheckIfMatch(current.ToResource()) is { } stale ? (current, stale) : current.Apply(patch),
            cancellation);
        return problem is null ? Resource.Of(preferences.ToResource()) : problem;
    }
}

internal sealed record PreferencesBody : IRequestBody, IValidatableObject
{
    public const int MaximumSettingsBytes = 16 * 1024;

    [OneOf("system", "light", "dark")]
    public string Theme { get; init; } = "system";

    [StringLength(35, MinimumLength = 2)]
    [RegularExpression("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", ErrorMessage = "The locale is not a BCP 47 language tag.")]
    public string Locale { get; init; } = "en";

    [StringLength(64, MinimumLength = 1)]
    public string TimeZone { get; init; } = "UTC";

    [StringLength(100, MinimumLength = 1)]
    public string DefaultModel { get; init; } = "local";

    public JsonObject Settings { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            yield return new("The time zone is not in the IANA database.", [nameof(TimeZone)]);
        }

        var settings = Encoding.UTF8.GetBytes(Settings.ToJsonString(ApiJson.Options));
        if (ClientJson.HasNull(settings))
        {
            yield return new(ApiJson.NoNull, [nameof(Settings)]);
        }

        if (!ClientJson.HasPlainNumbers(settings))
        {
            yield return new("A number is too large, or too close to zero.", [nameof(Settings)]);
        }

        if (settings.Length > MaximumSettingsBytes)
        {
            yield return new($"The settings are larger than {MaximumSettingsBytes} bytes.", [nameof(Settings)]);
        }
    }
}

internal sealed record PreferencesResource(
    string Theme, string Locale, string TimeZone, string DefaultModel, JsonObject Settings, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt);

/// <summary>What is stored, and cached. The settings stay text, so that a cached value cannot be changed by one of its readers.</summary>
internal sealed record StoredPreferences
{
    public string Theme { get; init; } = "system";

    public string Locale { get; init; } = "en";

    public string TimeZone { get; init; } = "UTC";

    public string DefaultModel { get; init; } = "local";

    public string Settings { get; init; } = "{}";

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public PreferencesResource ToResource() => new(Theme, Locale, TimeZone, DefaultModel, JsonNode.Parse(Settings)!.AsObject(), CreatedAt, UpdatedAt);

    public (StoredPreferences Changed, Problem? Problem) Apply(MergePatch<PreferencesBody> patch)
    {
        var (body, problem) = patch.Apply(new()
        {
            Theme = Theme, Locale = Locale, TimeZone = TimeZone, DefaultModel = DefaultModel, Settings = JsonNode.Parse(Settings)!.AsObject(),
        });
        return (this with { Theme = body.Theme, Locale = body.Locale, TimeZone = body.TimeZone, DefaultModel = body.DefaultModel, Settings = body.Settings.ToJsonString(ApiJson.Options) }, problem);
    }
}

internal sealed class PreferencesStore(AppDatabase database, HybridCache cache, TimeProvider time)
{
    private const string Select = "SELECT theme, locale, time_zone, default_model, settings, created_at, updated_at FROM preferences WHERE user_id = @userId";

    private readonly HybridCacheEntryOptions _cached = cache.Profile("preferences");

    public ValueTask<StoredPreferences> GetAsync(string userId, CancellationToken cancellation) => cache.GetOrCreateAsync(
        Key(userId),
        (database, userId),
        static async (state, token) => await state.database.FindAsync<StoredPreferences>(Select, new { state.userId }, token) ?? new(),
        _cached,
        cancellationToken: cancellation);

    /// <summary>Stores what <paramref name="change"/> makes of the preferences, unless it names a problem.</summary>
    public async Task<(StoredPreferences Preferences, Problem? Problem)> UpdateAsync(
        string userId, Func<StoredPreferences, (StoredPreferences Changed, Problem? Problem)> change, CancellationToken cancellation)
    {
        var outcome = await database.WriteAsync(
            async work =>
            {
                var now = time.Now();
                // The first change makes the row, so that of several first changes at once each finds, and locks, what the one before it left.
                var isFirst = await work.ExecuteAsync(
                    $"""
                    INSERT INTO preferences (user_id, theme, locale, time_zone, default_model, settings, created_at, updated_at)
                    VALUES (@userId, 'system', 'en', 'UTC', 'local', {work.Dialect.Json("'{}'")}, @now, @now) ON CONFLICT (user_id) DO NOTHING
                    """,
                    new { userId, now }) == 1;
                var current = isFirst ? new() : (await work.FindAsync<StoredPreferences>(Select + work.Dialect.ForUpdate, new { userId }))!;
                var (changed, problem) = change(current);
                if (problem is not null)
                {
                    work.Abandon();
                    return (Preferences: changed, Problem: (Problem?)problem);
                }

                changed = changed with { CreatedAt = changed.CreatedAt ?? now, UpdatedAt = now };
                // Read back, as PostgreSQL keeps JSON in a form of its own: the answer and its ETag are those of the next GET.
                var settings = await work.FindAsync<string>(
                    $"""
                    UPDATE preferences SET theme = @Theme, locale = @Locale, time_zone = @TimeZone, default_model = @DefaultModel,
                        settings = {work.Dialect.Json("@Settings")}, updated_at = @UpdatedAt
                    WHERE user_id = @userId RETURNING settings
                    """,
                    new { userId, changed.Theme, changed.Locale, changed.TimeZone, changed.DefaultModel, changed.Settings, changed.UpdatedAt });
                return (changed with { Settings = settings! }, null);
            },
            cancellation);
        if (outcome.Problem is null)
        {
            // The change is stored whether or not the client still waits: its cached copy goes in any case.
            await cache.RemoveAsync(Key(userId), CancellationToken.None);
        }

        return outcome;
    }

    private static CacheKey Key(string userId) => CacheScope.User(userId).Key("preferences");
}
