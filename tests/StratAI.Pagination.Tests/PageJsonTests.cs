using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratAI.Pagination.Tests;

public sealed partial class PageJsonTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static TheoryData<PageInfo, string> Shapes => new()
    {
        {
            new() { Offset = 0, Limit = 50, Total = 1234, HasMore = true, NextCursor = "n" },
            """{"offset":0,"limit":50,"total":1234,"hasMore":true,"nextCursor":"n"}"""
        },
        { new() { Offset = 100, Limit = 50, HasMore = false }, """{"offset":100,"limit":50,"hasMore":false,"nextCursor":null}""" },
        {
            new() { Limit = 2, HasMore = true, NextCursor = "n", PrevCursor = "p" },
            """{"limit":2,"hasMore":true,"nextCursor":"n","prevCursor":"p"}"""
        },
        { new() { Limit = 2, HasMore = false }, """{"limit":2,"hasMore":false,"nextCursor":null,"prevCursor":null}""" },
        {
            new() { Limit = 2, Total = 10_000, Precision = TotalPrecision.AtLeast, HasMore = false },
            """{"limit":2,"total":10000,"totalPrecision":"atLeast","hasMore":false,"nextCursor":null,"prevCursor":null}"""
        },
        {
            new() { Offset = 1, Limit = 2, Total = 900, Precision = TotalPrecision.Estimated, HasMore = false },
            """{"offset":1,"limit":2,"total":900,"totalPrecision":"estimated","hasMore":false,"nextCursor":null}"""
        },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_envelope_has_one_form_under_any_options(PageInfo info, string json)
    {
        var page = new Page<int>([1, 2], info);
        var expected = $$"""{"data":[1,2],"pagination":{{json}}}""";

        Assert.Equal(expected, JsonSerializer.Serialize(page));
        Assert.Equal(expected, JsonSerializer.Serialize(page, SnakeCase));
        Assert.Equal(expected, JsonSerializer.Serialize(page, Generated.Default.PageInt32));
        Assert.Equal(info, JsonSerializer.Deserialize(expected, Generated.Default.PageInt32)?.Pagination);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"hasMore":true}""")]
    [InlineData("""{"limit":1}""")]
    [InlineData("""{"limit":1,"hasMore":true,"totalPrecision":"roughly"}""")]
    public void What_is_no_envelope_is_a_json_exception(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PageInfo>(json));

    [Fact]
    public void Members_of_a_later_version_are_passed_over() =>
        Assert.Equal(
            new PageInfo { Limit = 1, HasMore = true },
            JsonSerializer.Deserialize<PageInfo>("""{"limit":1,"later":{"a":[1]},"hasMore":true}"""));

    [Fact]
    public void Mapped_rows_keep_their_place()
    {
        var page = new Page<int>([1, 2], new PageInfo { Limit = 2, HasMore = true, NextCursor = "n" }).Select(row => $"#{row}");

        Assert.Equal(["#1", "#2"], page.Data);
        Assert.Equal("n", page.Pagination.NextCursor);
    }

    [JsonSerializable(typeof(Page<int>))]
    private sealed partial class Generated : JsonSerializerContext;
}
