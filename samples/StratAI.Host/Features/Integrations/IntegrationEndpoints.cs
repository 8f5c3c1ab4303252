using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Errors;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Integrations;

internal static class IntegrationEndpoints
{
    public static void MapIntegrations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/integrations").WithTags("Integrations").ForgetsToolResults(ToolSubject.Calendar);
        group.MapGet("", List).WithPageOrder(IntegrationResource.Order).WithCacheControl("private, max-age=60").WithSummary("The services you have connected.");
        group.MapPut("/{service}", Put).WithSummary("Connects a service, or connects it anew.");
        group.MapDelete("/{service}", Delete).WithSummary("Disconnects a service and forgets its tokens.");
        group.MapGet("/calendar/events", Events).WithPageOrder(CalendarEvent.Order)
            .WithSummary("The events of your calendar from 'from' until 'to', as the calendar service has them now.");
    }

    private static Task<Results<PageResult<IntegrationResource>, Problem>> List(
        PageRequest page, CurrentUser user, PageReader pages, IntegrationStore integrations, TimeProvider time, CancellationToken cancellation) =>
        pages.ReadAsync(
            IntegrationResource.Order, page, new PageScope("integrations", user.Id),
            async () =>
            {
                var now = time.GetUtcNow();
                return ([.. (await integrations.ListAsync(user.Id, cancellation)).Select(integration => integration.At(now))], null);
            },
            cancellation);

    private static async Task<Results<Resource<IntegrationResource>, Problem>> Put(
        string service, IntegrationBody body, CurrentUser user, IntegrationStore integrations, TimeProvider time, HttpRequest request, CancellationToken cancellation)
    {
        if (!IntegrationServices.IsKnown(service))
        {
            return Problem.NotFound();
        }

        var tokens = new GrantedTokens(body.AccessToken, body.RefreshToken, TimeSpan.FromSeconds(body.ExpiresIn!.Value));
        var (integration, problem) = await integrations.PutAsync(
            user.Id,
            service,
            tokens,
            known => known is not null ? request.CheckIfMatch(known.At(time.GetUtcNow()))
                : request.Headers.IfMatch.Count > 0 ? Problem.PreconditionFailed() : null,
            cancellation);
        return problem is null ? Resource.Of(integration!.At(time.GetUtcNow())) : problem;
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        string service, CurrentUser user, IntegrationStore integrations, TimeProvider time, HttpRequest request, CancellationToken cancellation) =>
        await integrations.DeleteAsync(user.Id, service, known => request.CheckIfMatch(known.At(time.GetUtcNow())), cancellation) is { } problem
            ? problem
            : TypedResults.NoContent();

    private static async Task<Results<PageResult<CalendarEvent>, Problem>> Events(
        [AsParameters] EventFilter filter, PageRequest page, CurrentUser user, PageReader pages, CalendarService calendar, CancellationToken cancellation) =>
        filter.Check() is { } problem
            ? problem
            : await pages.ReadAsync(
                CalendarEvent.Order, page, new PageScope("integrations/calendar/events", user.Id, filter.ToString()),
                () => calendar.EventsAsync(user.Id, filter.From!.Value, filter.To!.Value, cancellation),
                cancellation);
}
