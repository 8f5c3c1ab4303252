using System.Globalization;
using System.Net;

namespace StratAI.Pagination.Tests.Client;

public sealed class RetryTests
{
    private readonly WaitingClock _clock = new();

    [Theory]
    [InlineData(429, "3", null, 3)]
    [InlineData(503, "3", null, 3)]
    [InlineData(429, "0", null, 0)]
    [InlineData(429, "60", null, 60)]
    [InlineData(429, "Mon, 23 Nov 2026 12:00:20 GMT", null, 20)]
    [InlineData(429, "Mon, 23 Nov 2026 11:59:00 GMT", null, 0)]
    [InlineData(429, "Mon, 23 Nov 2026 13:00:20 GMT", "2026-11-23T13:00:00Z", 20)]
    [InlineData(429, "Mon, 23 Nov 2026 11:00:20 GMT", "2026-11-23T11:00:00Z", 20)]
    public async Task A_wait_is_never_shorter_than_asked_and_little_longer(int status, string retryAfter, string? date, int seconds)
    {
        DateTimeOffset? answered = date is null ? null : DateTimeOffset.Parse(date, CultureInfo.InvariantCulture);
        var answers = new Answers(Answers.Refusal(status, retryAfter, answered), Answers.Page(null, 7));
        var page = answers.NewClient(_clock).GetPageAsync("rows", Numbers.Default.PageInt32);

        var wait = await _clock.NextWaitAsync();
        Assert.InRange(wait, TimeSpan.FromSeconds(seconds + 0.01), TimeSpan.FromSeconds((seconds * 1.1) + 0.101));
        _clock.Advance(wait - TimeSpan.FromMilliseconds(1));
        Assert.Single(answers.Asked);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([7], (await page).Data);
        Assert.Equal(2, answers.Asked.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("soon")]
    public async Task Without_a_time_to_wait_the_waits_double_up_to_the_longest(string? retryAfter)
    {
        var answers = new Answers([.. Enumerable.Repeat(Answers.Refusal(429, retryAfter), 5), Answers.Page(null, 7)]);
        var options = new PagedClientOptions { MaximumAttempts = 6, MaximumDelay = TimeSpan.FromSeconds(7) };
        var page = answers.NewClient(_clock, options).GetPageAsync("rows", Numbers.Default.PageInt32);

        foreach (var (least, most) in new[] { (1.0, 1.5), (2.0, 3.0), (4.0, 6.0), (7.0, 7.0), (7.0, 7.0) })
        {
            var wait = await _clock.NextWaitAsync();
            Assert.InRange(wait, TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
            _clock.Advance(wait);
        }

        Assert.Equal([7], (await page).Data);
    }

    [Theory]
    [InlineData(429, "61", 61)]
    [InlineData(503, "Mon, 23 Nov 2026 12:02:00 GMT", 120)]
    [InlineData(429, "99999999999999999999", null)]
    [InlineData(500, "1", 1)]
    [InlineData(503, null, null)]
    public async Task What_is_not_to_be_waited_for_is_given_up_at_once(int status, string? retryAfter, int? seconds)
    {
        var client = new Answers(Answers.Refusal(status, retryAfter)).NewClient(_clock);
        TimeSpan? expected = retryAfter is null ? null : seconds is { } asked ? TimeSpan.FromSeconds(asked) : TimeSpan.MaxValue;

        var exception = await Assert.ThrowsAsync<PagedClientException>(() => client.GetPageAsync("rows", Numbers.Default.PageInt32));

        Assert.Equal((HttpStatusCode)status, exception.StatusCode);
        Assert.Equal(expected, exception.RetryAfter);
        Assert.False(_clock.HasWait);
    }

    [Fact]
    public async Task A_page_is_asked_for_as_often_as_allowed_and_the_next_page_anew()
    {
        var answers = new Answers(
            Answers.Refusal(429, "0"), Answers.Page("a", 1), Answers.Refusal(429, "0"), Answers.Refusal(429, "0"));
        var client = answers.NewClient(new HastyClock(), new() { MaximumAttempts = 2 });
        var met = new List<int>();

        var exception = await Assert.ThrowsAsync<PagedClientException>(async () =>
        {
            await foreach (var row in client.GetAllAsync("rows", Numbers.Default.PageInt32))
            {
                met.Add(row);
            }
        });

        Assert.Equal([1], met);
        Assert.Equal(4, answers.Asked.Count);
        Assert.Equal(("a", "GET rows was answered 429 TooManyRequests 2 times."), (exception.Cursor, exception.Message));
    }

    [Fact]
    public async Task Cancellation_ends_a_wait()
    {
        using var cancellation = new CancellationTokenSource();
        var page = new Answers(Answers.Refusal(429)).NewClient(_clock).GetPageAsync("rows", Numbers.Default.PageInt32, cancellation.Token);
        await _clock.NextWaitAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.All(
            [0, 101],
            attempts => Assert.Throws<ArgumentOutOfRangeException>(() => new PagedClientOptions { MaximumAttempts = attempts }));
        Assert.All(
            [TimeSpan.Zero, TimeSpan.FromDays(1.1), Timeout.InfiniteTimeSpan],
            delay => Assert.Throws<ArgumentOutOfRangeException>(() => new PagedClientOptions { MaximumDelay = delay }));
        Assert.Equal((5, TimeSpan.FromMinutes(1)), (new PagedClientOptions().MaximumAttempts, new PagedClientOptions().MaximumDelay));
    }
}
