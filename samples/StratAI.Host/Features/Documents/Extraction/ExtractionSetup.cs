namespace StratAI.Host.Features.Documents.Extraction;

internal static class ExtractionSetup
{
    public static void AddTextExtraction(this IServiceCollection services)
    {
        services.AddSingleton<TextQueue>();
        services.AddSingleton(provider => TextProcess.OfThisProgram(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TextWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<TextWorker>());
    }
}
