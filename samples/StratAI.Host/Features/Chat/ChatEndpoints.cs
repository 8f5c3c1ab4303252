using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Log;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Features.Documents;
using StratAI.Host.Http;
using StratAI.Host.Security;

namespace StratAI.Host.Features.Chat;

internal static class ChatEndpoints
{
    public static void MapChat(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/chat").WithTags("Chat").WithCacheControl("no-store");
        group.MapPost("", Ask).IdempotentItself()
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
        ChatGenerations generations, ChatRunner runner, ChatTools tools, ChatFollower follower, IdempotencyStore idempotency, HttpContext http,
        TimeProvider time, CancellationToken cancellation)
    {
        var key = http.Features.Get<IdempotencyKey>();
        if (key is not null && await idempotency.FindKeptAsync(user.Id, key, cancellation) is var (kept, refused) && (kept is not null || refused is not null))
        {
            return kept is null ? refused! : await ReplayAsync(kept.Value);
        }

        var (place, problem) = await places.FindAsync(body.SpaceId, body.AreaId, user.Id, forEditing: false, cancellation);
        if (problem is null && (await documents.FindVisibleAsync(body.DocumentIds, user.Id, cancellation)).Count < body.DocumentIds.Distinct().Count())
        {
            problem = Problem.Validation("documentIds", "There is no such document.");
        }

        if (problem is not null)
        {
            return problem;
        }

        (var turn, var known, problem) = await store.BeginAsync(body, place, user.Id, runner.Model, key, cancellation);
        if (turn is null)
        {
            return known is null ? problem! : await ReplayAsync(known.Value);
        }

        // From here on the client's going away changes nothing.
        var generation = generations.Start(turn.AnswerId);
        generation.Append(ChatEventData.Of(new ChatEventData.Start(turn.ConversationId, turn.AnswerId, turn.QuestionId, runner.Model)), time.GetUtcNow());
        // Begun in the request, so that it sees what its user has just changed on another instance.
        var building = context.BuildAsync(user.Id, turn, body.Message, body.DocumentIds, generation.Cancelled);
        var callable = tools.Open(turn, user.Id, data => generation.Append(data, time.GetUtcNow()));
        // Taken over last: until here the request gives back what it holds, whatever happens to it.
        runner.Start(turn, generation, building, callable.Functions, ChatAllowance.Take(http));
        return new EventStreamResult(follower.FollowAsync(turn.AnswerId, 0, cancellation));

        async Task<Results<EventStreamResult, Problem>> ReplayAsync(Guid answerId)
        {
            if (await store.FindStatusAsync(answerId, user.Id, cancellation) is null)
            {
                return Problem.NotFound();
            }

            // One who listens needs no place among those that run, and no tokens.
            await ChatAllowance.Take(http).SettleAsync(0);
            http.Response.MarkReplayed();
            return new EventStreamResult(follower.FollowAsync(answerId, 0, cancellation));
        }
    }

    private static async Task<Results<EventStreamResult, NoContent, Problem>> Resume(
        Guid messageId, HttpRequest request, CurrentUser user, ChatStore store, ChatGenerations generations, ChatFollower follower, IChatLog log,
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

        if (generations.Find(messageId) is null)
        {
            var last = await log.LastAsync(messageId);
            if (last is null && status != "streaming")
            {
                return ChatProblems.Expired();
            }

            if (last is { IsLast: true } && last.Id == lastId)
            {
                // The client has seen the end. This status tells an EventSource not to come again.
                return TypedResults.NoContent();
            }
        }

        return new EventStreamResult(follower.FollowAsync(messageId, lastId, cancellation));
    }

    private static async Task<Results<Accepted, Problem>> Stop(
        Guid messageId, CurrentUser user, ChatStore store, ChatGenerations generations, ChatLeases leases, IChatLog log, CancellationToken cancellation)
    {
        if (await store.FindStatusAsync(messageId, user.Id, cancellation) is not { } status)
        {
            return Problem.NotFound();
        }

        if (generations.Find(messageId) is { } generation)
        {
            generation.Stop();
        }
        else if (status == "streaming")
        {
            // The message is quick; should it be lost, the flag is seen within a second.
            await leases.RequestStopAsync(messageId, cancellation);
            log.TellStop(messageId);
        }

        return TypedResults.Accepted((string?)null);
    }
}
