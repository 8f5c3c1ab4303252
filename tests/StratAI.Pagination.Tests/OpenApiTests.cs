using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using StratAI.Pagination.Tests.Web;
using StratAI.Testing;

namespace StratAI.Pagination.Tests;

public sealed class OpenApiTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public async Task Lists_are_described() => await Verifier.Verify(JsonNode.Parse(await DocumentAsync())!);

    [Fact]
    public async Task Described_twice_they_are_described_once() => Assert.Equal(await DocumentAsync(), await DocumentAsync("twice"));

    [Theory]
    [InlineData("v1", "3.1")]
    [InlineData("old", "3.0")]
    public async Task The_document_is_valid(string name, string version)
    {
        var document = await DocumentAsync(name);
        var result = OpenApiDocument.Parse(document, "json");

        Assert.StartsWith(version, JsonNode.Parse(document)!["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        Assert.NotEmpty(result.Document!.Paths);
    }

    private Task<string> DocumentAsync(string name = "v1") => app.Client.GetStringAsync($"/openapi/{name}.json");
}
