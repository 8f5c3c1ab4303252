using System.Net.Http.Json;
using StratAI.Pagination.Tests.Web;

namespace StratAI.Pagination.Tests;

/// <summary>A page request binds alike wherever it is a parameter.</summary>
public sealed class BindingTests(WebApp app) : IClassFixture<WebApp>
{
    [Theory]
    [InlineData("", null)]
    [InlineData("?limit=10&offset=20&sort=-title,id&count=capped", null)]
    [InlineData("?LIMIT=3&Offset=4", null)]
    [InlineData("?limit=0&offset=-1", null)]
    [InlineData("?limit=99999999999999999999&offset=99999999999999999999", null)]
    [InlineData("?cursor=abc", null)]
    [InlineData("?error=x&request=y&request.limit=3&page.limit=4", null)]
    [InlineData("?limit=ten", "invalid-pagination")]
    [InlineData("?limit=", "invalid-pagination")]
    [InlineData("?limit=1&limit=2", "invalid-pagination")]
    [InlineData("?offset=1.5", "invalid-pagination")]
    [InlineData("?count=Exact", "invalid-pagination")]
    [InlineData("?count=9", "invalid-pagination")]
    [InlineData("?cursor=abc&offset=0", "pagination-conflict")]
    [InlineData("?cursor=", "cursor-malformed")]
    public async Task Minimal_apis_and_controllers_bind_alike(string query, string? code)
    {
        var minimal = await BoundAsync($"/minimal/bound{query}");

        Assert.Equal(code, minimal.Error?.Code);
        Assert.Equal(minimal, await BoundAsync($"/controller/bound{query}"));
        Assert.Equal(minimal, await BoundAsync($"/plain/bound{query}"));
        Assert.Equal(minimal, await BoundAsync($"/minimal/filtered{query}"));
    }

    private async Task<Bound> BoundAsync(string path)
    {
        using var response = await app.Client.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<Bound>())!;
    }
}
