using StratAI.Host.Database;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Features.Documents;
using StratAI.Host.Features.Games;
using StratAI.Host.Features.Identity;
using StratAI.Host.Features.Meetings;
using StratAI.Host.Features.Pages;
using StratAI.Host.Features.Preferences;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Features.Tasks;
using StratAI.Host.Hosting;
using StratAI.Host.Http;

return await StartupException.ReportAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddParts();
    builder.AddApi();
    builder.AddChat();

    await using var app = builder.Build();
    await app.Services.GetRequiredService<Migrator>().ApplyAsync(app.Lifetime.ApplicationStopping);

    app.LogConstraints();
    app.UseApi();
    app.MapHealth();
    app.MapApiDescription();
    app.MapStoredObjects();

    var api = app.MapApi();
    api.MapIdentity();
    api.MapPreferences();
    api.MapSpaces();
    api.MapAreas();
    api.MapTasks();
    api.MapDocuments();
    api.MapPages();
    api.MapMeetings();
    api.MapGames();
    api.MapConversations();
    api.MapChat();
    await app.RunAsync();
});
