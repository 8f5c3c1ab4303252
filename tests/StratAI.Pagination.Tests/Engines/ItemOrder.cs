using System.Collections;
using System.Text;

namespace StratAI.Pagination.Tests.Engines;

/// <summary>The order under test, and the naive sort that it must agree with.</summary>
internal static class ItemOrder
{
    private static readonly Dictionary<string, Func<Item, object?>> Values = new()
    {
        ["rank"] = item => item.Rank,
        ["score"] = item => item.Score,
        ["label"] = item => item.Label,
        ["folded"] = item => item.Label.ToLowerInvariant(),
        ["note"] = item => item.Note,
        ["createdAt"] = item => item.CreatedAt,
        ["seenAt"] = item => item.SeenAt,
        ["due"] = item => item.Due,
        ["price"] = item => item.Price,
        ["done"] = item => item.Done,
        ["weight"] = item => item.Weight,
        ["level"] = item => item.Level,
        ["id"] = item => item.Id.ToString(),
    };

    public static string[] Fields { get; } = [.. Values.Keys];

    /// <param name="collate">Makes the engine compare a text by its bytes.</param>
    public static PageOrder<Item> Create(Func<string, string> collate) => PageOrder<Item>.Create(order => order
        .Key("rank", "i.rank", item => item.Rank)
        .Key("score", "i.score", item => item.Score, nullable: true)
        .Key("label", collate("i.label"), item => item.Label)
        .Key("folded", collate("lower(i.label)"), item => item.Label.ToLowerInvariant())
        .Key("note", collate("i.note"), item => item.Note, nullable: true)
        .Key("createdAt", "i.created_at", item => item.CreatedAt)
        .Key("seenAt", "i.seen_at", item => item.SeenAt, nullable: true)
        .Key("due", "i.due", item => item.Due, nullable: true)
        .Key("price", "i.price", item => item.Price)
        .Key("done", "i.done", item => item.Done)
        .Key("weight", "i.weight", item => item.Weight)
        .Key("level", "i.level", item => item.Level)
        .Key("id", "i.id", item => item.Id)
        .TieBreaker("id", "i.id", item => item.Id)
        .Default("-createdAt"));

    public static Item[] Sort(IEnumerable<Item> items, string sort)
    {
        var terms = sort.Split(',').Select(term => (Value: Values[term.TrimStart('-')], Descending: term.StartsWith('-'))).ToList();
        terms.Add((Values["id"], terms[^1].Descending));
        return [.. items.Order(Comparer<Item>.Create((left, right) =>
            terms.Select(term => Compare(term.Value(left), term.Value(right), term.Descending)).FirstOrDefault(result => result != 0)))];
    }

    private static int Compare(object? left, object? right, bool descending) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)) * (descending ? -1 : 1),
        _ => Comparer.DefaultInvariant.Compare(left, right) * (descending ? -1 : 1),
    };
}
