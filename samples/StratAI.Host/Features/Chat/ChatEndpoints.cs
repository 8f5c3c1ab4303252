using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Features.Documents;
using StratAI.Host.Security;

namespace StratAI.Host.Features.Chat;

internal static class ChatEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void MapChat(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/chat").WithTags("Chat").WithCacheControl("no-store");
        group.MapPost("", Ask)
            .RequireLimits(LimitPolicies.Chat, LimitPolicies.ChatConcurrency, LimitPolicies.Tokens)
            .WithLimitCost(LimitPolicies.Tokens, context => context.RequestServices.GetRequiredService<IOptions<ChatSettings>>().Value.ReservedTokens)
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithSummary("Asks, and streams the answer as server-sent events: start, delta, tool, usage, and done or error.");
        group.MapGet("/{messageId:guid}/events", Resume)
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithSummary("The events of an answer after Last-Event-ID.");
        group.MapPost("/{messageId:guid}/stop", Stop).WithSummary("Ends an answer early; what there is of it is kept.");
    }

    private static async Task<Results<EventStreamResult, Problem>> Ask(
        ChatBody body, CurrentUser user, ContextDocuments documents, Places places, ChatStore store, ChatContext context,
        ChatGenerations generations, ChatRunner runner, ChatTools tools, HttpContext http,
        TimeProvider time, CancellationToken cancellation)
    {
        var (place, problem) = await places.FindAsync(body.SpaceId, body.AreaId, user.Id, forEditing: false, cancellation);
        if (problem is null && (await documents.FindVisibleAsync(body.DocumentIds, user.Id, cancellation)).Count < body.DocumentIds.Distinct().Count())
        {
            problem = Problem.Validation("documentIds", "There is no such document.");
        }

        if (problem is not null)
        {
            return problem;
        }

        (var turn, problem) = await store.BeginAsync(body, place, user.Id, runner.Model, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        // From here on the client's going away changes nothing.
        var generation = generations.Start(turn!.AnswerId);
        generation.Append(ChatEventData.Of(new ChatEventData.Start(turn.ConversationId, turn.AnswerId, turn.QuestionId, runner.Model)), time.GetUtcNow());
        // Begun in the request, so that it sees what its user has just changed on another instance.
        var building = context.BuildAsync(user.Id, turn, body.Message, body.DocumentIds, generation.Cancelled);
        var callable = tools.Open(turn, user.Id, data => generation.Append(data, time.GetUtcNow()));
        // Taken over last: until here the request gives back what it holds, whatever happens to it.
        runner.Start(turn, generation, building, callable.Functions, ChatAllowance.Take(http));
        return new EventStreamResult(generation.ReadAsync(0, Heartbeat, time, cancellation));
    }

    private static async Task<Results<EventStreamResult, Problem>> Resume(
        Guid messageId, HttpRequest request, CurrentUser user, ChatStore store, ChatGenerations generations, TimeProvider time,
        CancellationToken cancellation)
    {
        if (await store.FindStatusAsync(messageId, user.Id, cancellation) is not { } status)
        {
            return Problem.NotFound();
        }

        if (!long.TryParse(request.Headers["Last-Event-ID"].FirstOrDefault("0"), NumberStyles.None, CultureInfo.InvariantCulture, out var lastId))
        {
            return Problem.Validation("Last-Event-ID", "The id of an event is a whole number.");
        }

        return generations.Find(messageId) is { } generation
            ? new EventStreamResult(generation.ReadAsync(lastId, Heartbeat, time, cancellation))
            : status == "streaming" ? Elsewhere() : new Problem(410, "stream-expired", "The events are no longer kept. The message holds the whole answer.");
    }

    private static async Task<Results<Accepted, Problem>> Stop(
        Guid messageId, CurrentUser user, ChatStore store, ChatGenerations generations, CancellationToken cancellation)
    {
        switch (await store.FindStatusAsync(messageId, user.Id, cancellation), generations.Find(messageId))
        {
            case (null, _):
                return Problem.NotFound();
            case ("streaming", null):
                return Elsewhere();
            case (_, var generation):
                generation?.Stop();
                return TypedResults.Accepted((string?)null);
        }
    }

    private static Problem Elsewhere() => new(503, "generation-elsewhere", "The answer is being generated by another instance, which this one cannot reach.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
