using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Games;

internal static class GameEndpoints
{
    // Ranked before the page is cut out of it: a rank is the place in the whole list, on any page and in any order.
    private const string Ranked =
        """
        (SELECT g.id, g.player, g.score, g.achieved_at, RANK() OVER (ORDER BY g.score DESC) AS rank
            FROM game_scores g WHERE g.game = @game) s
        """;

    public static void MapGames(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/games").WithTags("Games");
        group.MapGet("/scores", List).WithPageOrder(ScoreResource.Order)
            .WithCacheControl("private, max-age=10")
            .CacheOutput(new ScoreListPolicy())
            .WithSummary("The scores of a game, the best first; everybody's.");
        group.MapPost("/scores", Create).Idempotent().WithSummary("Adds a score of yours.");
    }

    private static async Task<Results<PageResult<ScoreResource>, Problem>> List(
        string? game, PageRequest page, PageReader pages, CancellationToken cancellation) =>
        game is not { Length: > 0 and <= ScoreBody.MaximumGameLength }
            ? Problem.Validation("game", $"The game has 1 to {ScoreBody.MaximumGameLength} characters.")
            : game.Contains('\0', StringComparison.Ordinal)
                ? Problem.Validation("game", ApiJson.NoNull)
                // Nobody's list: it is the same for everybody, and so are its cursors.
                : await pages.ReadAsync(
                    ScoreResource.Order, page, new PageScope("games/scores", "", game),
                    ScoreResource.Columns, Ranked, "", new { game }, cancellation);

    private static async Task<CreatedResource<ScoreResource>> Create(
        ScoreBody body, CurrentUser user, AppDatabase database, HybridCache cache, TimeProvider time, Creation creation, CancellationToken cancellation)
    {
        var score = new ScoreResource { Id = time.NewId(), Player = user.Name, Score = body.Score!.Value, AchievedAt = time.Now() };
        var created = await database.WriteAsync(
            async work =>
            {
                await work.ExecuteAsync(
                    """
                    INSERT INTO game_scores (id, game, user_id, player, score, achieved_at)
                    VALUES (@Id, @Game, @userId, @Player, @Score, @AchievedAt)
                    """,
                    new { score.Id, body.Game, userId = user.Id, score.Player, score.Score, score.AchievedAt });
                var rank = await work.FindAsync<long>(
                    "SELECT count(*) + 1 FROM game_scores WHERE game = @Game AND score > @Score", new { body.Game, score.Score });
                return await creation.AnswerAsync(
                    work, Resource.Created($"/api/games/scores?game={Uri.EscapeDataString(body.Game)}", score with { Rank = rank }));
            },
            cancellation);
        await cache.RemoveByTagAsync(ScoreListPolicy.TagOf(body.Game), CancellationToken.None);
        return created;
    }
}
