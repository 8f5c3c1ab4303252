using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratAI.Pagination.Tests.Client;

/// <summary>A handler that answers from a script, and keeps what it was asked.</summary>
internal sealed class Answers(params Func<HttpResponseMessage>[] script) : HttpMessageHandler
{
    private int _answered;

    public List<string> Asked { get; } = [];

    public PagedClient NewClient(TimeProvider? time = null, PagedClientOptions? options = null, TimeSpan? timeout = null)
    {
        var client = new HttpClient(this) { BaseAddress = new("http://api.example/v1/"), Timeout = timeout ?? Timeout.InfiniteTimeSpan };
        return new(client, options, time);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add(request.RequestUri!.ToString());
        Assert.True(Asked.Count < 100, "The client does not stop asking.");
        return Task.FromResult(script[Math.Min(_answered++, script.Length - 1)]());
    }

    public static Func<HttpResponseMessage> Page(string? next, params int[] rows) => Json(
        HttpStatusCode.OK,
        JsonSerializer.Serialize(new Page<int>(rows, new() { Limit = 2, HasMore = next is not null, NextCursor = next })));

    public static Func<HttpResponseMessage> Json(HttpStatusCode status, string body, string type = "application/json") =>
        () => new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    public static Func<HttpResponseMessage> Refusal(int status, string? retryAfter = null, DateTimeOffset? date = null) => () =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        if (retryAfter is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        response.Headers.Date = date;
        return response;
    };
}

[JsonSerializable(typeof(Page<int>))]
internal sealed partial class Numbers : JsonSerializerContext;
