namespace StratAI.Host.Features.Documents.Migration;

internal static class ImageMigrationSetup
{
    public static void AddImageMigration(this IServiceCollection services)
    {
        services.AddOptions<ImageMigrationOptions>().BindConfiguration("Migration:Images");
        services.AddSingleton<ImageMigrations>();
        services.AddSingleton<DocumentContent>();
        services.AddHostedService<ImageMigrationJob>();
    }
}
