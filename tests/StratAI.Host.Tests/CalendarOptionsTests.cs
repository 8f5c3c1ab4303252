using StratAI.Host.Features.Integrations;

namespace StratAI.Host.Tests;

public sealed class CalendarOptionsTests
{
    [Theory]
    [InlineData("https://calendar.example/v1", "https://id.example/token", true)]
    [InlineData("http://127.0.0.1:8080/api", "http://localhost/token", true)]
    [InlineData(null, null, true)]
    [InlineData("https://calendar.example", null, false)]
    [InlineData("http://calendar.example", "https://id.example/token", false)]
    [InlineData("https://calendar.example", "http://10.0.0.1/token", false)]
    [InlineData("file:///etc/passwd", "https://id.example/token", false)]
    [InlineData("/relative", "https://id.example/token", false)]
    [InlineData("https://user:password@calendar.example", "https://id.example/token", false)]
    [InlineData("https://calendar.example?x=1", "https://id.example/token", false)]
    public void Tokens_are_only_sent_where_nobody_listens_in(string? service, string? tokens, bool valid)
    {
        var options = new CalendarOptions { BaseUrl = Parse(service), TokenEndpoint = Parse(tokens) };
        Assert.Equal(valid, new CalendarOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void What_is_out_of_bounds_is_named()
    {
        var options = new CalendarOptions { ClientSecret = "secret", Timeout = TimeSpan.Zero, RetryAfter = TimeSpan.FromHours(1) };
        var failure = new CalendarOptionsValidator().Validate(null, options).FailureMessage!;
        Assert.All(["ClientId", "Timeout", "RetryAfter"], name => Assert.Contains(name, failure, StringComparison.Ordinal));
        Assert.DoesNotContain("'secret'", failure, StringComparison.Ordinal);
    }

    private static Uri? Parse(string? text) => text is null ? null : new(text, UriKind.RelativeOrAbsolute);
}
