namespace StratAI.Host.Features.Documents.Migration;

internal static class ImageMigrationSetup
{
    public static void AddImageMigration(this IServiceCollection services)
    {
        services.AddOptions<ImageMigrationOptions>().BindConfiguration("Migration:Images").ValidateOnStart()
            .Validate(options => options.Workers is >= 1 and <= 64, "Migration:Images:Workers must be 1 to 64.")
            .Validate(options => options.BatchSize is >= 1 and <= 1000, "Migration:Images:BatchSize must be 1 to 1000.")
            .Validate(options => options.RowsPerSecond > 0, "Migration:Images:RowsPerSecond must be more than 0.")
            .Validate(options => options.Lease >= TimeSpan.FromSeconds(1) && options.Lease <= TimeSpan.FromHours(1), "Migration:Images:Lease must be 1 s to 1 h.");
        services.AddSingleton<ImageMigrations>();
        services.AddSingleton<DocumentContent>();
        services.AddHostedService<ImageMigrationJob>();
    }
}
