using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StratAI.Pagination.Tests.Engines;

/// <summary>The order under test, and the naive sort that it must agree with.</summary>
[SuppressMessage("Globalization", "CA1304", Justification = "Translated to SQL.")]
[SuppressMessage("Globalization", "CA1311", Justification = "Translated to SQL.")]
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
        ["opens"] = item => item.Opens,
        ["price"] = item => item.Price,
        ["done"] = item => item.Done,
        ["checked"] = item => item.Checked,
        ["weight"] = item => item.Weight,
        ["level"] = item => item.Level,
        ["reviewed"] = item => item.Reviewed,
        ["parent"] = item => item.Parent?.ToString(),
        ["id"] = item => item.Id.ToString(),
    };

    public static string[] Fields { get; } = [.. Values.Keys];

    /// <summary>The order of the fields that the engine can sort by.</summary>
    public static PageOrder<Item> Create(IReadOnlyCollection<string> fields, TextCollation collation) => PageOrder<Item>.Create(order =>
    {
        foreach (var field in fields)
        {
            _ = field switch
            {
                "rank" => order.Key(field, item => item.Rank, "i.rank"),
                "score" => order.Key(field, item => item.Score, "i.score", nullable: true),
                "label" => order.Key(field, item => item.Label, "i.label", collation: collation),
                // lower() of SQLite knows ASCII only, and so do the labels.
                "folded" => order.Key(field, item => item.Label.ToLower(), "lower(i.label)", collation: collation),
                "note" => order.Key(field, item => item.Note, "i.note", nullable: true, collation: collation),
                "createdAt" => order.Key(field, item => item.CreatedAt, "i.created_at"),
                "seenAt" => order.Key(field, item => item.SeenAt, "i.seen_at", nullable: true),
                "due" => order.Key(field, item => item.Due, "i.due", nullable: true),
                "opens" => order.Key(field, item => item.Opens, "i.opens", nullable: true),
                "price" => order.Key(field, item => item.Price, "i.price"),
                "done" => order.Key(field, item => item.Done, "i.done"),
                "checked" => order.Key(field, item => item.Checked, "i.checked", nullable: true),
                "weight" => order.Key(field, item => item.Weight, "i.weight"),
                "level" => order.Key(field, item => item.Level, "i.level"),
                "reviewed" => order.Key(field, item => item.Reviewed, "i.reviewed", nullable: true),
                "parent" => order.Key(field, item => item.Parent, "i.parent", nullable: true),
                _ => order.Key(field, item => item.Id, "i.id"),
            };
        }

        order.TieBreaker("id", item => item.Id, "i.id").Default("-createdAt");
    });

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
