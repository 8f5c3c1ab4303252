using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Games;

internal sealed record ScoreBody : IRequestBody
{
    public const int MaximumGameLength = 100;

    // What a JavaScript number holds exactly.
    private const double MaximumScore = 9_007_199_254_740_991;

    [StringLength(MaximumGameLength, MinimumLength = 1)]
    public string Game { get; init; } = "";

    [Required(ErrorMessage = "The score is missing.")]
    [Range(-MaximumScore, MaximumScore)]
    public long? Score { get; init; }
}

internal sealed record ScoreResource
{
    public const string Columns = "s.rank, s.player, s.score, s.achieved_at, s.id";

    public static readonly PageOrder<ScoreResource> Order = PageOrder<ScoreResource>.Create(order => order
        .Key("score", score => score.Score, "s.score")
        .Key("achievedAt", score => score.AchievedAt, "s.achieved_at")
        .TieBreaker("id", score => score.Id, "s.id")
        .Default("-score,achievedAt"));

    /// <summary>The place among all scores of the game. Equal scores share it, and as many places after it are left out.</summary>
    public long Rank { get; init; }

    /// <summary>The name its player had.</summary>
    public string Player { get; init; } = "";

    public long Score { get; init; }

    public DateTimeOffset AchievedAt { get; init; }

    [JsonIgnore]
    public Guid Id { get; init; }
}
