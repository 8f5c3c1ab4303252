using StratAI.Host.Database;
using StratAI.Host.Edge;
using StratAI.Host.Features;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Host.Features.Integrations;
using StratAI.Host.Hosting;
using StratAI.Host.Http;
using StratAI.Host.Telemetry;

return args is [TextExtractor.Command, var contentType] ? TextExtractor.Run(contentType) : await StartupException.ReportAsync(async () =>
{
    var line = CommandLine.Parse(args);
    var builder = WebApplication.CreateBuilder(line.Settings);
    builder.AddSecrets();
    builder.AddTelemetry();
    builder.AddEdge();
    builder.AddParts();
    builder.AddApi();
    builder.AddChat();
    builder.AddIntegrations();

    await using var app = builder.Build();
    await app.Services.GetRequiredService<Migrator>().ApplyAsync(app.Lifetime.ApplicationStopping);

    app.LogConstraints();
    app.UseMetrics();
    app.UseApi();
    app.MapHealth();
    app.MapApiDescription();
    app.MapStoredObjects();

    app.MapApi().MapFeatures();
    return await line.RunAsync(app);
});
