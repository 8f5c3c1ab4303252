using Microsoft.Extensions.Time.Testing;
using StratAI.Shared;

namespace StratAI.Caching.Tests.Internal;

public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new(threshold: 3, pause: TimeSpan.FromSeconds(2), _time);

    [Fact]
    public void It_opens_at_the_threshold_and_says_so_once()
    {
        Assert.False(_breaker.Failed());
        Assert.False(_breaker.Failed());
        Assert.True(_breaker.TryEnter());
        Assert.True(_breaker.Failed());
        Assert.False(_breaker.Failed());

        Assert.True(_breaker.IsOpen);
        Assert.False(_breaker.TryEnter());
    }

    [Fact]
    public void While_it_is_open_it_says_when_the_next_probe_is_due()
    {
        Assert.Equal(TimeSpan.Zero, _breaker.RetryAfter);
        Open();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.FromSeconds(1.5), _breaker.RetryAfter);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, _breaker.RetryAfter);
    }

    [Fact]
    public void A_success_between_failures_starts_the_count_over()
    {
        _breaker.Failed();
        _breaker.Failed();
        Assert.False(_breaker.Succeeded());
        _breaker.Failed();
        _breaker.Failed();

        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public void After_the_pause_one_probe_is_let_through_and_its_success_closes()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(_breaker.TryEnter());
        Assert.False(_breaker.TryEnter());
        Assert.True(_breaker.Succeeded());
        Assert.True(_breaker.TryEnter());
    }

    [Fact]
    public void A_failed_probe_starts_another_pause()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(2));
        _breaker.TryEnter();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_breaker.Failed());

        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(_breaker.TryEnter());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(_breaker.TryEnter());
    }

    [Fact]
    public void A_probe_that_never_reports_back_does_not_keep_others_out_for_good()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_breaker.TryEnter());

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_breaker.TryEnter());
    }

    [Fact]
    public void Of_many_that_ask_at_once_one_gets_the_probe()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(2));
        var entered = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (_breaker.TryEnter())
            {
                Interlocked.Increment(ref entered);
            }
        });

        Assert.Equal(1, entered);
    }

    private void Open()
    {
        for (var i = 0; i < 3; i++)
        {
            _breaker.Failed();
        }
    }
}
