using StratAI.Host.Features.Chat.Providers;
using StratAI.Host.Features.Chat.Tokens;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Providers;

/// <summary>The ways in which models fail: what each becomes, when it is tried again, and that no log line repeats what was said.</summary>
public abstract class ProviderFaultTests(ModelServer server) : IAsyncLifetime
{
    private readonly TestProvider _provider = new(server);

    public Task InitializeAsync() => TokenCount.Ready;

    public async Task DisposeAsync()
    {
        Assert.DoesNotContain(_provider.Log.Lines, line => line.Contains("secret", StringComparison.Ordinal) || line.Contains(ModelServer.Key, StringComparison.Ordinal));
        await _provider.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(400, "invalid_request_error", "Rejected")]
    [InlineData(401, "authentication_error", "Rejected")]
    [InlineData(404, "not_found_error", "Rejected")]
    [InlineData(504, "timeout_error", "Unavailable")]
    public async Task What_does_not_pass_is_told_at_once(int status, string type, string fault)
    {
        server.Answer = reply => reply.FailAsync(status, type);

        var failure = await FailAsync();

        Assert.Equal(fault, failure.Fault.ToString());
        Assert.Equal($"The model's provider answered {status} ({type}), request req_1.", failure.Message);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(429, "rate_limit_error", "Overloaded")]
    [InlineData(500, "api_error", "Unavailable")]
    [InlineData(502, "api_error", "Unavailable")]
    [InlineData(503, "overloaded_error", "Overloaded")]
    [InlineData(529, "overloaded_error", "Overloaded")]
    public async Task What_passes_is_tried_twice_more_in_growing_intervals(int status, string type, string fault)
    {
        server.Answer = reply => reply.FailAsync(status, type);

        var asking = FailAsync();
        Assert.InRange(await PassAsync(), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        Assert.InRange(await PassAsync(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        Assert.Equal(fault, (await asking).Fault.ToString());
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(2, _provider.Log.Lines.Count(line => line.Contains("is asked again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failure_that_passes_is_not_seen()
    {
        server.Answer = reply => reply.Number == 1 ? reply.FailAsync(529, "overloaded_error")
            : reply.SendAsync(reply.Number == 2 ? server.Beginning + server.Failure("overloaded_error") : server.Whole("Here I am."));

        var asking = _provider.AskAsync();
        await PassAsync();
        await PassAsync();
        var answer = await asking;

        Assert.Null(answer.Failure);
        Assert.Equal(("Here I am.", 1), (answer.Text, answer.Usage.Count));
    }

    [Fact]
    public async Task A_provider_that_names_a_time_is_not_asked_before_it()
    {
        server.Answer = reply => reply.Number == 1 ? reply.FailAsync(429, "rate_limit_error", "7") : reply.SendAsync(server.Whole("Here I am."));

        var asking = _provider.AskAsync();
        Assert.Equal(TimeSpan.FromSeconds(7), await _provider.Clock.NextPauseAsync());
        _provider.Clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Single(server.Requests);
        _provider.Clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("Here I am.", (await asking).Text);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sat, 01 Jan 2000 00:02:00 GMT", 120)]
    public async Task A_time_that_is_too_far_off_is_told_and_not_waited_for(string retryAfter, int seconds)
    {
        // Where the clock stands.
        Assert.Equal(new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), _provider.Clock.GetUtcNow());
        server.Answer = reply => reply.FailAsync(529, "overloaded_error", retryAfter);

        var failure = await FailAsync();

        Assert.Equal((ModelFault.Overloaded, TimeSpan.FromSeconds(seconds)), (failure.Fault, failure.RetryAfter));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("overloaded_error", "Overloaded")]
    [InlineData("api_error", "Unavailable")]
    [InlineData("invalid_request_error", "Rejected")]
    public async Task An_error_in_the_middle_ends_an_answer_and_is_not_tried_again(string type, string fault)
    {
        server.Answer = reply => reply.SendAsync(server.Beginning + server.Delta("Half an answer") + server.Failure(type));

        var answer = await _provider.AskAsync();

        Assert.Equal(fault, Assert.IsType<ModelException>(answer.Failure).Fault.ToString());
        Assert.Equal(("Half an answer", 1), (answer.Text, answer.Usage.Count));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("event: content_block_delta\ndata: {\"type\":\"content_bl\n\n")]
    [InlineData("data: [[[\n\n")]
    public async Task A_stream_without_an_end_or_sense_is_an_answer_that_broke_off(string rest)
    {
        server.Answer = reply => reply.SendAsync(server.Beginning + server.Delta("Half an answer") + rest);

        var answer = await _provider.AskAsync();

        Assert.Equal(ModelFault.Broken, Assert.IsType<ModelException>(answer.Failure).Fault);
        Assert.Equal("Half an answer", answer.Text);
        Assert.True(Assert.Single(answer.Usage).OutputTokenCount > 0);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_an_answer_that_broke_off()
    {
        var seen = new TaskCompletionSource();
        server.Answer = async reply =>
        {
            await reply.SendAsync(server.Beginning + Piece);
            await seen.Task;
            reply.Abort();
        };

        var answer = new ModelAnswer();
        var reading = _provider.AskAsync(answer);
        await SeenAsync(answer, 1);
        seen.SetResult();
        await reading;

        Assert.Equal((ModelFault.Broken, "Piece. "), (Assert.IsType<ModelException>(answer.Failure).Fault, answer.Text));
    }

    [Fact]
    public async Task An_event_without_an_end_is_not_waited_for()
    {
        var gone = new TaskCompletionSource();
        server.Answer = async reply =>
        {
            await reply.SendAsync(server.Beginning + server.Delta("Half an answer") + "data: " + new string('x', 1_100_000));
            await reply.HoldAsync();
            gone.SetResult();
        };

        var answer = await _provider.AskAsync();

        Assert.Equal(ModelFault.Broken, Assert.IsType<ModelException>(answer.Failure).Fault);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_model_that_declines_says_so()
    {
        server.Answer = reply => reply.SendAsync(server.Beginning + server.Delta("I") + server.Ending(server is AnthropicServer ? "refusal" : "content_filter"));

        var answer = await _provider.AskAsync();

        Assert.Equal(ModelFault.Refused, Assert.IsType<ModelException>(answer.Failure).Fault);
        Assert.Equal(15, Assert.Single(answer.Usage).OutputTokenCount);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = new AnthropicServer();
        server.Answer = reply =>
        {
            reply.Redirect(elsewhere.Settings["Chat:Anthropic:BaseUrl"]);
            return Task.CompletedTask;
        };

        Assert.Equal(ModelFault.Rejected, (await FailAsync()).Fault);

        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Nobody_there_is_tried_twice_more()
    {
        await server.DisposeAsync();

        var asking = FailAsync();
        await PassAsync();
        await PassAsync();

        Assert.Equal(ModelFault.Unavailable, (await asking).Fault);
    }

    [Fact]
    public async Task A_model_that_does_not_begin_is_given_up()
    {
        var asked = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        server.Answer = async reply =>
        {
            asked.SetResult();
            await reply.HoldAsync();
            gone.SetResult();
        };

        var asking = FailAsync();
        await asked.Task;
        _provider.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(asking.IsCompleted);
        _provider.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ModelFault.TimedOut, (await asking).Fault);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_model_that_falls_silent_is_given_up_whatever_keeps_its_connection_alive()
    {
        server.Answer = async reply =>
        {
            await reply.SendAsync(server.Beginning + Piece + (server is AnthropicServer ? "event: ping\ndata: {\"type\":\"ping\"}\n\n" : "") + ": comment\n\n");
            await reply.HoldAsync();
        };

        var answer = new ModelAnswer();
        var reading = _provider.AskAsync(answer);
        await SeenAsync(answer, 1);
        _provider.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(reading.IsCompleted);
        _provider.Clock.Advance(TimeSpan.FromSeconds(1));
        await reading;

        Assert.Equal(ModelFault.TimedOut, Assert.IsType<ModelException>(answer.Failure).Fault);
        Assert.Equal(("Piece. ", 1), (answer.Text, answer.Usage.Count));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_answer_that_goes_on_for_too_long_is_ended()
    {
        using var more = new SemaphoreSlim(1);
        server.Answer = async reply =>
        {
            await reply.SendAsync(server.Beginning);
            while (!reply.Gone.IsCompleted)
            {
                await more.WaitAsync();
                await reply.SendAsync(Piece);
            }
        };

        var answer = new ModelAnswer();
        var reading = _provider.AskAsync(answer);
        // 29 s are no silence; so many times that are too long.
        var pieces = 1;
        for (; pieces <= 20; pieces++)
        {
            await SeenAsync(answer, pieces);
            _provider.Clock.Advance(TimeSpan.FromSeconds(29));
            more.Release();
        }

        await SeenAsync(answer, pieces);
        _provider.Clock.Advance(TimeSpan.FromSeconds(20));
        await reading;
        more.Release();

        Assert.Equal(ModelFault.TimedOut, Assert.IsType<ModelException>(answer.Failure).Fault);
    }

    private string Piece => server.Delta("Piece. ");

    /// <summary>Until so many pieces have arrived, with all of their events.</summary>
    private Task SeenAsync(ModelAnswer answer, int pieces) =>
        Eventually.TrueAsync(() =>
        {
            Assert.Null(answer.Failure);
            return Task.FromResult(answer.Seen == 1 + (server is AnthropicServer ? 3 * pieces : pieces));
        });

    private async Task<ModelException> FailAsync()
    {
        var answer = await _provider.AskAsync();
        Assert.Empty(answer.Updates);
        return Assert.IsType<ModelException>(answer.Failure);
    }

    /// <summary>Lets the next pause pass.</summary>
    private async Task<TimeSpan> PassAsync()
    {
        var pause = await _provider.Clock.NextPauseAsync();
        _provider.Clock.Advance(pause);
        return pause;
    }

    public sealed class OfAnthropic() : ProviderFaultTests(new AnthropicServer());

    public sealed class OfOpenAI() : ProviderFaultTests(new OpenAIServer());
}
