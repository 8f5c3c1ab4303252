using System.Globalization;

namespace StratAI.Pagination.Tests.Walk;

/// <summary>Many rows share a key; the id breaks ties.</summary>
public sealed record FakeRow(int Key, int Id);

/// <summary>A pager over rows in memory, right but for its fault. A cursor is a direction and a position.</summary>
internal sealed class FakePager(Fault fault)
{
    private static readonly FakeRow Stranger = new(2, 1000);

    private int _reads;

    public List<FakeRow> Rows { get; } = [];

    /// <summary>The row at that end of the last page which lies in the direction of travel.</summary>
    public FakeRow? Border { get; private set; }

    public Task<IReadOnlyCollection<int>> IdsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyCollection<int>>([.. Sorted().Select(row => row.Id)]);

    public Task<Page<FakeRow>> ReadAsync(PageRequest request, CancellationToken cancellation)
    {
        _reads++;
        var page = fault switch
        {
            Fault.CountsByOffset => ByOffset(request, request.Limit),
            Fault.PagesByNumber => ByOffset(request, 1),
            Fault.Throws when _reads == 3 => throw new FormatException("The cursor is broken."),
            _ => Seek(request),
        };
        Border = page.Data is [var first, ..] && page.Data is [.., var last] ? (request.Cursor is ['<', ..] ? first : last) : null;
        return Task.FromResult(Spoil(page, request));
    }

    private IEnumerable<FakeRow> Sorted() => Rows.OrderBy(row => row.Key).ThenBy(row => row.Id);

    private Page<FakeRow> Seek(PageRequest request)
    {
        var (travel, position) = request.Cursor is { } cursor ? Parse(cursor) : ("", null);
        var isBackward = travel is "<" or "<=";
        var found = Sorted().Where(row => position is null || travel switch
        {
            ">" => Compare(row, position) > 0,
            ">=" => Compare(row, position) >= 0,
            "<" => Compare(row, position) < 0,
            _ => Compare(row, position) <= 0,
        });
        if (fault == Fault.FindsItsPlaceByARowThatMayBeGone && position is not null && !Rows.Contains(position))
        {
            found = [];
        }

        if (isBackward && fault != Fault.GoesBackFromTheStart)
        {
            found = fault == Fault.OrdersTiesAnotherWayBack
                ? found.OrderByDescending(row => row.Key).ThenBy(row => row.Id)
                : found.Reverse();
        }

        var taken = found.Take(request.Limit + 1).ToList();
        var more = fault == Fault.SaysMoreAtTheExactEnd ? taken.Count >= request.Limit : taken.Count > request.Limit;
        var data = taken.Take(request.Limit).ToList();
        if (isBackward && fault is not (Fault.DoesNotTurnBackPagesRound or Fault.GoesBackFromTheStart))
        {
            data.Reverse();
        }

        var (previous, next) = data switch
        {
            [] when travel == ">" => ($"<={Text(position!)}", null),
            [] when travel == "<" => (null, $">={Text(position!)}"),
            [] => (null, null),
            _ when isBackward => (more ? $"<{Text(data[0])}" : null, travel == "<=" ? null : $">{Text(data[^1])}"),
            _ => (travel is "" or ">=" ? null : $"<{Text(data[0])}", more ? $">{Text(data[^1])}" : (string?)null),
        };
        return new(data, new() { Limit = request.Limit, HasMore = more, NextCursor = next, PrevCursor = previous });
    }

    private Page<FakeRow> ByOffset(PageRequest request, int unit)
    {
        var isBackward = request.Cursor is ['<', ..];
        var number = request.Cursor is { } cursor ? int.Parse(cursor[1..], CultureInfo.InvariantCulture) : 0;
        var start = number * (unit == 1 ? request.Limit : 1);
        var data = Sorted().Skip(start).Take(request.Limit).ToList();
        var step = unit == 1 ? 1 : request.Limit;
        var next = start + request.Limit < Rows.Count ? $">{number + step}" : null;
        var previous = start > 0 ? $"<{Math.Max(0, number - step)}" : null;
        var more = (isBackward ? previous : next) is not null;
        return new(data, new() { Limit = request.Limit, HasMore = more, NextCursor = next, PrevCursor = previous });
    }

    private Page<FakeRow> Spoil(Page<FakeRow> page, PageRequest request)
    {
        var (data, info) = page;
        var isBackward = request.Cursor is ['<', ..];
        var isLast = !isBackward && info.NextCursor is null;
        return fault switch
        {
            Fault.SaysMoreWithoutACursor when isLast => page with { Pagination = info with { HasMore = true } },
            Fault.LosesNextOnTheWayBack when isBackward && !info.HasMore => page with { Pagination = info with { NextCursor = null } },
            Fault.OffersAPreviousBeforeTheFirst when isBackward && data.Count > 0 =>
                page with { Pagination = info with { HasMore = true, PrevCursor = $"<{Text(data[0])}" } },
            Fault.OffersAPreviousOnTheFirst when request.Cursor is null && data.Count > 0 =>
                page with { Pagination = info with { PrevCursor = $"<{Text(data[0])}" } },
            Fault.IgnoresTheLimit when data.Count > 0 => page with { Data = [.. data, Stranger] },
            Fault.RepeatsARowInAPage when data.Count > 1 => page with { Data = [.. data.SkipLast(1), data[0]] },
            Fault.ShowsWhatIsNotInTheList when isLast && data.Count > 0 && data.Count < request.Limit =>
                page with { Data = [.. data, Stranger] },
            Fault.StandsStill when request.Cursor is { } cursor && !isBackward =>
                new([], info with { HasMore = true, NextCursor = cursor, PrevCursor = "<0:0" }),
            Fault.GoesInCircles when _reads > 1 =>
                new([], info with { HasMore = true, NextCursor = $">0:{_reads % 3}", PrevCursor = "<0:0" }),
            Fault.NeverEnds when _reads > 1 => new([], info with { HasMore = true, NextCursor = $">0:{_reads}", PrevCursor = "<0:0" }),
            _ => page,
        };
    }

    private int Compare(FakeRow row, FakeRow position) => fault switch
    {
        Fault.SkipsTies => row.Key.CompareTo(position.Key),
        Fault.RepeatsTheBorder => (row.Key, row.Id).CompareTo((position.Key, position.Id)) is var result && result == 0 ? 1 : result,
        _ => (row.Key, row.Id).CompareTo((position.Key, position.Id)),
    };

    private static string Text(FakeRow row) => $"{row.Key}:{row.Id}";

    private static (string Travel, FakeRow Position) Parse(string cursor)
    {
        var travel = cursor[..(cursor[1] == '=' ? 2 : 1)];
        var parts = cursor[travel.Length..].Split(':');
        return (travel, new(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)));
    }
}
