using Microsoft.AspNetCore.Http;

namespace StratAI.Caching.Tests;

public sealed class ConditionalRequestTests
{
    private static readonly DateTimeOffset Changed = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);
    private const string Same = "Wed, 04 Mar 2026 05:06:07 GMT";
    private const string Before = "Wed, 04 Mar 2026 05:06:06 GMT";
    private const string After = "Wed, 04 Mar 2026 05:06:08 GMT";

    [Theory]
    [InlineData("GET", "", PreconditionResult.Proceed)]
    // Weak comparison.
    [InlineData("GET", "If-None-Match: \"v\"", PreconditionResult.NotModified)]
    [InlineData("HEAD", "If-None-Match: \"v\"", PreconditionResult.NotModified)]
    [InlineData("GET", "If-None-Match: \"x\", W/\"v\"", PreconditionResult.NotModified)]
    [InlineData("GET", "If-None-Match: *", PreconditionResult.NotModified)]
    [InlineData("GET", "If-None-Match: \"x\"", PreconditionResult.Proceed)]
    [InlineData("GET", "If-None-Match: v", PreconditionResult.Proceed)]
    [InlineData("PUT", "If-None-Match: *", PreconditionResult.Failed)]
    [InlineData("PATCH", "If-None-Match: \"v\"", PreconditionResult.Failed)]
    // Strong comparison.
    [InlineData("PATCH", "If-Match: \"v\"", PreconditionResult.Proceed)]
    [InlineData("PATCH", "If-Match: \"x\", \"v\"", PreconditionResult.Proceed)]
    [InlineData("PATCH", "If-Match: *", PreconditionResult.Proceed)]
    [InlineData("PATCH", "If-Match: W/\"v\"", PreconditionResult.Failed)]
    [InlineData("PATCH", "If-Match: \"x\"", PreconditionResult.Failed)]
    [InlineData("PATCH", "If-Match: v", PreconditionResult.Failed)]
    [InlineData("GET", "If-Match: \"x\"", PreconditionResult.Failed)]
    // Dates, to the second.
    [InlineData("GET", $"If-Modified-Since: {Same}", PreconditionResult.NotModified)]
    [InlineData("GET", $"If-Modified-Since: {After}", PreconditionResult.NotModified)]
    [InlineData("GET", $"If-Modified-Since: {Before}", PreconditionResult.Proceed)]
    [InlineData("GET", "If-Modified-Since: yesterday", PreconditionResult.Proceed)]
    [InlineData("PUT", $"If-Modified-Since: {Same}", PreconditionResult.Proceed)]
    [InlineData("PUT", $"If-Unmodified-Since: {Same}", PreconditionResult.Proceed)]
    [InlineData("PUT", $"If-Unmodified-Since: {Before}", PreconditionResult.Failed)]
    [InlineData("PUT", "If-Unmodified-Since: yesterday", PreconditionResult.Proceed)]
    // Which comes first.
    [InlineData("GET", $"If-None-Match: \"x\"|If-Modified-Since: {After}", PreconditionResult.Proceed)]
    [InlineData("GET", $"If-None-Match: \"v\"|If-Modified-Since: {Before}", PreconditionResult.NotModified)]
    [InlineData("PUT", $"If-Match: \"v\"|If-Unmodified-Since: {Before}", PreconditionResult.Proceed)]
    [InlineData("GET", "If-Match: \"x\"|If-None-Match: \"v\"", PreconditionResult.Failed)]
    [InlineData("GET", "If-Match: \"v\"|If-None-Match: \"v\"", PreconditionResult.NotModified)]
    public void Conditions_are_evaluated_in_the_order_of_the_standard(string method, string conditions, PreconditionResult expected) =>
        Assert.Equal(expected, Request(method, conditions).EvaluatePreconditions(EntityTags.FromVersion("v"), Changed));

    [Theory]
    [InlineData("If-None-Match: *", PreconditionResult.Proceed)]
    [InlineData("If-None-Match: \"v\"", PreconditionResult.Proceed)]
    [InlineData("If-Match: *", PreconditionResult.Failed)]
    [InlineData("If-Match: \"v\"", PreconditionResult.Failed)]
    [InlineData($"If-Unmodified-Since: {Before}", PreconditionResult.Proceed)]
    public void What_does_not_exist_matches_nothing(string conditions, PreconditionResult expected) =>
        Assert.Equal(expected, Request("PUT", conditions).EvaluatePreconditions(null));

    [Fact]
    public void Without_a_time_dates_are_no_conditions()
    {
        var tag = EntityTags.FromVersion(1);
        Assert.Equal(PreconditionResult.Proceed, Request("GET", $"If-Modified-Since: {After}").EvaluatePreconditions(tag));
        Assert.Equal(PreconditionResult.Proceed, Request("PUT", $"If-Unmodified-Since: {Before}").EvaluatePreconditions(tag));
    }

    [Theory]
    [InlineData("GET", "", 200, true)]
    [InlineData("GET", "If-None-Match: \"v\"", 304, true)]
    [InlineData("GET", "If-Match: \"x\"", 412, false)]
    public async Task A_conditional_result_answers_in_place_of_another(string method, string conditions, int status, bool tagged)
    {
        var context = Request(method, conditions).HttpContext;
        var ran = false;
        await new ConditionalResult(new Probe(() => ran = true), EntityTags.FromVersion("v")) { LastModified = Changed }.ExecuteAsync(context);

        Assert.Equal((status, status == 200), (context.Response.StatusCode, ran));
        Assert.Equal(tagged ? "\"v\"" : "", context.Response.Headers.ETag.ToString());
        Assert.Equal(tagged ? Same : "", context.Response.Headers.LastModified.ToString());
    }

    [Fact]
    public void A_tag_of_content_is_strong_and_changes_with_it()
    {
        var tag = EntityTags.FromContent("abc"u8);

        // SHA-256("abc") begins so (FIPS 180-4).
        Assert.Equal(("\"ba7816bf8f01cfea414140de5dae2223\"", false), (tag.Tag.ToString(), tag.IsWeak));
        Assert.NotEqual(tag, EntityTags.FromContent("abd"u8));
        Assert.Equal("\"-9223372036854775808\"", EntityTags.FromVersion(long.MinValue).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("ä")]
    [InlineData("a\r\nb")]
    public void A_version_that_cannot_stand_in_a_tag_is_refused(string version) =>
        Assert.Throws<ArgumentException>(nameof(version), () => EntityTags.FromVersion(version));

    private static HttpRequest Request(string method, string conditions)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        foreach (var condition in conditions.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            request.Headers[condition.Split(':')[0]] = condition[(condition.IndexOf(':', StringComparison.Ordinal) + 2)..];
        }

        return request;
    }

    private sealed class Probe(Action run) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            run();
            return Task.CompletedTask;
        }
    }
}
