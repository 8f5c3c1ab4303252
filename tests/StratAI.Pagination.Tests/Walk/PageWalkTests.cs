namespace StratAI.Pagination.Tests.Walk;

/// <summary>The test kit is right about right pagers and catches wrong ones.</summary>
public sealed class PageWalkTests
{
    [Fact]
    public async Task A_right_pager_passes_at_any_size_and_limit()
    {
        for (var rows = 0; rows <= 22; rows++)
        {
            foreach (var limit in new[] { 1, 2, 7, 11, 100 })
            {
                await CheckAsync(NewPager(Fault.None, rows), new() { Limit = limit });
                var changing = NewPager(Fault.None, rows);
                await CheckAsync(changing, new() { Limit = limit, BetweenPages = Changes(changing) });
            }
        }
    }

    [Fact]
    public async Task A_right_pager_passes_when_its_pages_are_emptied()
    {
        var pager = NewPager(Fault.None, 20);
        var step = 0;
        await CheckAsync(pager, new()
        {
            BetweenPages = _ =>
            {
                pager.Rows.RemoveAll(row => step == 0 ? row.Id >= 7 : step == 2 && row.Id < 7);
                step++;
                return Task.CompletedTask;
            },
        });
    }

    [Theory]
    [InlineData(
        Fault.SkipsTies,
        "Skipped: row 7 was there throughout the way there and not met; it belongs after row 6 of page 1. 4 rows were skipped in all.")]
    [InlineData(Fault.RepeatsTheBorder, "Doubled: row 6 on page 2 of the way there was met on page 1 already.")]
    [InlineData(Fault.PagesByNumber, "Border: The nextCursor of page 1 of the way there leads, at limit 1, to row 1 and not to row 7.")]
    [InlineData(
        Fault.SaysMoreAtTheExactEnd,
        "Empty: page 4 of the way there has no rows, though the page before it said that there are more.")]
    [InlineData(Fault.SaysMoreWithoutACursor, "hasMore of page 3 of the way there is True, but there is no nextCursor.")]
    [InlineData(
        Fault.LosesNextOnTheWayBack,
        "Lost: from page 3 of the way back no nextCursor leads back to the rows that were met before it.")]
    [InlineData(
        Fault.OffersAPreviousBeforeTheFirst,
        "Empty: page 4 of the way back has no rows, though the page before it said that there are more.")]
    [InlineData(Fault.OffersAPreviousOnTheFirst, "The first page has a prevCursor.")]
    [InlineData(Fault.DoesNotTurnBackPagesRound, "Doubled: row 12 on page 3 of the way back was met on page 2 already.")]
    [InlineData(
        Fault.GoesBackFromTheStart,
        "Empty: page 3 of the way back has no rows, though the page before it said that there are more.")]
    [InlineData(Fault.OrdersTiesAnotherWayBack, "Doubled: row 6 on page 3 of the way back was met on page 2 already.")]
    [InlineData(Fault.IgnoresTheLimit, "Over the limit: page 1 of the way there has 8 rows, 7 were asked for.")]
    [InlineData(Fault.RepeatsARowInAPage, "Doubled: row 0 is twice on page 1 of the way there.")]
    [InlineData(Fault.Throws, "Unreadable: Page 3 of the way there (limit 7) could not be read: The cursor is broken.")]
    public async Task A_wrong_pager_is_caught_on_a_list_that_stands_still(Fault fault, string message)
    {
        var exception = await Assert.ThrowsAsync<PageWalkException>(() => CheckAsync(NewPager(fault, 21), new()));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.SkipsTies, "Skipped: ")]
    [InlineData(Fault.RepeatsTheBorder, "Doubled: ")]
    [InlineData(Fault.CountsByOffset, "Doubled: row 6 on page 2 of the way there was met on page 1 already.")]
    [InlineData(Fault.StandsStill, "Endless: page 2 of the way there leads back to where the walk has been.")]
    [InlineData(
        Fault.FindsItsPlaceByARowThatMayBeGone,
        "Skipped: row 13 was there throughout the way there and not met; it belongs after row ")]
    [InlineData(Fault.SaysMoreWithoutACursor, "hasMore ")]
    [InlineData(Fault.LosesNextOnTheWayBack, "Lost: ")]
    [InlineData(Fault.DoesNotTurnBackPagesRound, "Doubled: ")]
    [InlineData(Fault.GoesBackFromTheStart, "Skipped: ")]
    [InlineData(Fault.OrdersTiesAnotherWayBack, "")]
    public async Task A_wrong_pager_is_caught_while_rows_come_and_go(Fault fault, string message)
    {
        var pager = NewPager(fault, 21);

        var exception = await Assert.ThrowsAsync<PageWalkException>(() => CheckAsync(pager, new() { BetweenPages = Changes(pager) }));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.ShowsWhatIsNotInTheList, 20, "Unknown: row 1000 on page 3 is not among the ids of the list.")]
    [InlineData(Fault.GoesInCircles, 21, "Endless: ")]
    [InlineData(Fault.NeverEnds, 21, "Endless: the way there has not ended after 50 pages.")]
    public async Task A_walk_that_leads_elsewhere_or_nowhere_is_caught(Fault fault, int rows, string message)
    {
        var pager = NewPager(fault, rows);
        var options = fault == Fault.ShowsWhatIsNotInTheList
            ? new PageWalkOptions()
            : new PageWalkOptions { MaximumPages = 50, BetweenPages = _ => Task.CompletedTask };

        var exception = await Assert.ThrowsAsync<PageWalkException>(() => CheckAsync(pager, options));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_tells_the_walk()
    {
        var exception = await Assert.ThrowsAsync<PageWalkException>(
            () => CheckAsync(NewPager(Fault.LosesNextOnTheWayBack, 9), new() { Limit = 4, Sort = "key" }));

        Assert.Equal(
            """
            Lost: from page 3 of the way back no nextCursor leads back to the rows that were met before it.
            The walk, nothing changing, limit 4, sort key:
              page 1 of the way there: 4 rows, 0 … 3; hasMore True, nextCursor yes, prevCursor no
              page 2 of the way there: 4 rows, 4 … 7; hasMore True, nextCursor yes, prevCursor yes
              page 3 of the way there: row 8; hasMore False, nextCursor no, prevCursor yes
              page 2 of the way back: 4 rows, 4 … 7; hasMore True, nextCursor yes, prevCursor yes
              page 3 of the way back: 4 rows, 0 … 3; hasMore False, nextCursor no, prevCursor no
            """.ReplaceLineEndings("\n"),
            exception.Message);
    }

    [Fact]
    public async Task A_failure_after_a_long_walk_is_short()
    {
        var pager = NewPager(Fault.LosesNextOnTheWayBack, 500);
        var exception = await Assert.ThrowsAsync<PageWalkException>(() => PageWalk.CheckAsync(
            pager.ReadAsync,
            row => $"{row.Id:D3}{new string('x', 1000)}",
            async cancellation => [.. (await pager.IdsAsync(cancellation)).Select(id => $"{id:D3}{new string('x', 1000)}")]));

        Assert.Contains("… 127 earlier", exception.Message, StringComparison.Ordinal);
        Assert.InRange(exception.Message.Length, 500, 4000);
    }

    [Fact]
    public async Task Where_a_row_was_skipped_is_said_only_when_it_is_known()
    {
        var pager = NewPager(Fault.SkipsTies, 21);
        var exception = await Assert.ThrowsAsync<PageWalkException>(() => PageWalk.CheckAsync(
            pager.ReadAsync, row => row.Id, async cancellation => [.. (await pager.IdsAsync(cancellation)).Reverse()]));

        Assert.Contains("as the ids are not in the list's order", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_comes_and_goes_and_comes_again_is_not_missed()
    {
        var pager = NewPager(Fault.None, 21);
        var step = 0;
        await CheckAsync(pager, new()
        {
            BetweenPages = _ =>
            {
                // Away while the page that it belongs on is read.
                if (step++ % 2 == 0)
                {
                    pager.Rows.RemoveAll(row => row.Id == 8);
                }
                else
                {
                    pager.Rows.Add(new(8 / 3, 8));
                }

                return Task.CompletedTask;
            },
        });
    }

    [Fact]
    public async Task Cancellation_is_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PageWalk.CheckAsync<FakeRow, int>(
            (_, token) => Task.FromCanceled<Page<FakeRow>>(token),
            row => row.Id,
            NewPager(Fault.None, 3).IdsAsync,
            cancellationToken: cancellation.Token));
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.All([0, 101], limit => Assert.Throws<ArgumentOutOfRangeException>(() => new PageWalkOptions { Limit = limit }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PageWalkOptions { MaximumPages = 0 });
        Assert.Equal((7, 1000), (new PageWalkOptions().Limit, new PageWalkOptions().MaximumPages));
    }

    private static FakePager NewPager(Fault fault, int rows)
    {
        var pager = new FakePager(fault);
        pager.Rows.AddRange(Enumerable.Range(0, rows).Select(id => new FakeRow(id / 3, id)));
        return pager;
    }

    /// <summary>
    /// Between pages a row comes before all others, one among them and one behind; every second time the row goes that the last cursor was
    /// made of.
    /// </summary>
    private static Func<CancellationToken, Task> Changes(FakePager pager)
    {
        var step = 0;
        return _ =>
        {
            if (++step <= 12)
            {
                pager.Rows.AddRange([new(-step, 100 + step), new(3, 200 + step), new(100 + step, 300 + step)]);
                pager.Rows.RemoveAll(row => step % 2 == 0 && row == pager.Border);
            }

            return Task.CompletedTask;
        };
    }

    private static Task CheckAsync(FakePager pager, PageWalkOptions options) =>
        PageWalk.CheckAsync(pager.ReadAsync, row => row.Id, pager.IdsAsync, options);
}
