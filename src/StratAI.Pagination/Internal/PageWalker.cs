namespace StratAI.Pagination.Internal;

/// <summary>One check of <see cref="PageWalk"/>.</summary>
internal sealed class PageWalker<T, TId>(
    Func<PageRequest, CancellationToken, Task<Page<T>>> read,
    Func<T, TId> id,
    Func<CancellationToken, Task<IReadOnlyCollection<TId>>> ids,
    PageWalkOptions options)
    where TId : notnull
{
    private WalkTrace _trace = new("");
    private int _limit;

    private bool IsStill => options.BetweenPages is null;

    public async Task CheckAsync(CancellationToken cancellation)
    {
        var (there, back) = await WalkBothAsync(options.Limit, cancellation).ConfigureAwait(false);
        if (!IsStill)
        {
            return;
        }

        var order = there.Order.ToArray();
        // The last page is the first of the way back.
        foreach (var (leg, page) in there.Pages.Select(page => (there, page)).Concat(back.Pages.Skip(1).Select(page => (back, page))))
        {
            await CheckBordersAsync(leg, page, order, cancellation).ConfigureAwait(false);
        }

        if (options.Limit > 1)
        {
            var (single, _) = await WalkBothAsync(1, cancellation).ConfigureAwait(false);
            CheckSameOrder(order, [.. single.Order], $"at limit {options.Limit}", "one row at a time");
        }
    }

    private async Task<(WalkLeg<TId> There, WalkLeg<TId> Back)> WalkBothAsync(int limit, CancellationToken cancellation)
    {
        _limit = limit;
        var circumstance = IsStill ? "nothing changing" : "rows changing between pages";
        _trace = new($"The walk, {circumstance}, limit {limit}, sort {options.Sort ?? "by default"}:");
        var there = new WalkLeg<TId>(isForward: true, await ids(cancellation).ConfigureAwait(false));
        await WalkAsync(there, cursor: null, cancellation).ConfigureAwait(false);
        CheckSkipped(there, there.Present);
        if (IsStill && there.Order.Where(row => !there.Present.Contains(row)).Take(1).ToArray() is [var unknown])
        {
            throw _trace.Fail($"Unknown: row {WalkTrace.Show(unknown)} on page {there.MetOn(unknown)} is not among the ids of the list.");
        }

        var back = new WalkLeg<TId>(isForward: false, await ids(cancellation).ConfigureAwait(false));
        back.Add(there.Last with { Number = 1 });
        if (there.Last.Info.PrevCursor is { } cursor)
        {
            await ChangeAsync(back, cancellation).ConfigureAwait(false);
            await WalkAsync(back, cursor, cancellation).ConfigureAwait(false);
        }

        CheckSkipped(back, there.Order);
        bool Stayed(TId row) => there.Present.Contains(row) && back.Present.Contains(row);
        CheckSameOrder([.. there.Order.Where(Stayed)], [.. back.Order.Where(Stayed)], there.Name, back.Name);
        return (there, back);
    }

    private async Task WalkAsync(WalkLeg<TId> leg, string? cursor, CancellationToken cancellation)
    {
        var loop = new CursorLoop();
        // One row at a time takes as many times more pages.
        var maximum = (long)options.MaximumPages * Math.Max(1, options.Limit / _limit);
        while (true)
        {
            if (cursor is not null && loop.Closes(cursor))
            {
                throw _trace.Fail($"Endless: page {leg.Pages.Count} of {leg.Name} leads back to where the walk has been.");
            }

            if (leg.Pages.Count >= maximum)
            {
                throw _trace.Fail($"Endless: {leg.Name} has not ended after {maximum} pages.");
            }

            var number = leg.Pages.Count + 1;
            var page = await ReadAsync(_limit, cursor, $"Page {number} of {leg.Name}", cancellation).ConfigureAwait(false);
            Check(leg, new(number, [.. page.Data.Select(id)], page.Pagination));
            cursor = leg.Onward(page.Pagination);
            if (cursor is null)
            {
                return;
            }

            await ChangeAsync(leg, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ChangeAsync(WalkLeg<TId> leg, CancellationToken cancellation)
    {
        if (options.BetweenPages is { } change)
        {
            await change(cancellation).ConfigureAwait(false);
            leg.Present.IntersectWith(await ids(cancellation).ConfigureAwait(false));
        }
    }

    private async Task<Page<T>> ReadAsync(int limit, string? cursor, string what, CancellationToken cancellation)
    {
        try
        {
            var request = new PageRequest { Limit = limit, Sort = options.Sort, Cursor = cursor };
            return await read(request, cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException("It is null.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw _trace.Fail($"Unreadable: {what} (limit {limit}) could not be read: {exception.Message}", exception);
        }
    }

    private void Check(WalkLeg<TId> leg, WalkedPage<TId> page)
    {
        var (number, rows, info) = page;
        var place = $"page {number} of {leg.Name}";
        var extent = rows switch
        {
            [var first, .., var last] => $"{rows.Length} rows, {WalkTrace.Show(first)} … {WalkTrace.Show(last)}",
            [var only] => $"row {WalkTrace.Show(only)}",
            _ => "no rows",
        };
        _trace.Add($"{place}: {extent}; hasMore {info.HasMore}, nextCursor {Has(info.NextCursor)}, prevCursor {Has(info.PrevCursor)}");
        if (rows.Length > _limit)
        {
            throw _trace.Fail($"Over the limit: {place} has {rows.Length} rows, {_limit} were asked for.");
        }

        if (rows.GroupBy(row => row).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw _trace.Fail($"Doubled: row {WalkTrace.Show(twice.Key)} is twice on {place}.");
        }

        foreach (var row in rows)
        {
            if (leg.MetOn(row) is { } earlier && leg.Present.Contains(row))
            {
                throw _trace.Fail($"Doubled: row {WalkTrace.Show(row)} on {place} was met on page {earlier} already.");
            }
        }

        if (info.HasMore != leg.Onward(info) is not null)
        {
            throw _trace.Fail($"hasMore of {place} is {info.HasMore}, but there is {(info.HasMore ? "no" : "a")} {leg.OnwardName}.");
        }

        if (leg.IsForward && number == 1 && info.PrevCursor is not null)
        {
            throw _trace.Fail("The first page has a prevCursor.");
        }

        if (leg.HasBehind && leg.Backward(info) is null)
        {
            throw _trace.Fail($"Lost: from {place} no {leg.BackwardName} leads back to the rows that were met before it.");
        }

        if (IsStill && rows.Length == 0 && leg.Pages.Count > 0)
        {
            throw _trace.Fail($"Empty: {place} has no rows, though the page before it said that there are more.");
        }

        leg.Add(page);
    }

    private void CheckSkipped(WalkLeg<TId> leg, IEnumerable<TId> reference)
    {
        if (leg.Skipped() is [var skipped, ..] all)
        {
            var others = all.Count > 1 ? $" {all.Count} rows were skipped in all." : "";
            var where = leg.PlaceOf(skipped, reference) ?? "where it belongs is not known, as the ids are not in the list's order";
            throw _trace.Fail($"Skipped: row {WalkTrace.Show(skipped)} was there throughout {leg.Name} and not met; {where}.{others}");
        }
    }

    private void CheckSameOrder(TId[] one, TId[] other, string oneName, string otherName)
    {
        for (var i = 0; i < Math.Min(one.Length, other.Length); i++)
        {
            if (!one[i].Equals(other[i]))
            {
                var (here, there) = (WalkTrace.Show(one[i]), WalkTrace.Show(other[i]));
                throw _trace.Fail($"Order: place {i + 1} is row {here} {oneName}, but row {there} {otherName}.");
            }
        }
    }

    /// <summary>By its cursors, one row at a time, a page leads to the rows beside it.</summary>
    private async Task CheckBordersAsync(WalkLeg<TId> leg, WalkedPage<TId> page, TId[] order, CancellationToken cancellation)
    {
        if (page.Ids is not [var first, ..] || page.Ids is not [.., var last])
        {
            return;
        }

        await CheckAsync("nextCursor", page.Info.NextCursor, Array.IndexOf(order, last) + 1).ConfigureAwait(false);
        await CheckAsync("prevCursor", page.Info.PrevCursor, Array.IndexOf(order, first) - 1).ConfigureAwait(false);

        async Task CheckAsync(string name, string? cursor, int place)
        {
            if (cursor is null)
            {
                return;
            }

            var what = $"The {name} of page {page.Number} of {leg.Name}";
            var beside = await ReadAsync(1, cursor, what, cancellation).ConfigureAwait(false);
            TId[] met = [.. beside.Data.Select(id)];
            TId[] expected = place >= 0 && place < order.Length ? [order[place]] : [];
            if (!met.SequenceEqual(expected))
            {
                throw _trace.Fail($"Border: {what} leads, at limit 1, to {List(met)} and not to {List(expected)}.");
            }
        }
    }

    private static string List(TId[] rows) =>
        rows.Length == 0 ? "nothing" : $"row {string.Join(", ", rows.Take(3).Select(row => WalkTrace.Show(row)))}";

    private static string Has(string? cursor) => cursor is null ? "no" : "yes";
}
