using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Features.Documents;
using StratAI.Host.Features.Games;
using StratAI.Host.Features.Identity;
using StratAI.Host.Features.Integrations;
using StratAI.Host.Features.Meetings;
using StratAI.Host.Features.Pages;
using StratAI.Host.Features.Preferences;
using StratAI.Host.Features.Scaling;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Features.Tasks;

namespace StratAI.Host.Features;

internal static class FeatureEndpoints
{
    public static void MapFeatures(this RouteGroupBuilder api)
    {
        api.MapIdentity();
        api.MapPreferences();
        api.MapSpaces();
        api.MapAreas();
        api.MapTasks();
        api.MapDocuments();
        api.MapPages();
        api.MapMeetings();
        api.MapGames();
        api.MapIntegrations();
        api.MapConversations();
        api.MapChat();
        api.MapScaling();
    }
}
