using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StratAI.RateLimiting.LanguageModels.Internal;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>Options, estimates, and the client among others.</summary>
public sealed class TokenBudgetPipelineTests
{
    private static readonly RateLimitPolicy Hourly = new() { Algorithm = RateLimitAlgorithm.Budget, PermitLimit = 10_000, Window = TimeSpan.FromHours(1) };

    [Fact]
    public async Task A_pipeline_counts_every_round_of_a_client_that_invokes_functions()
    {
        var model = new ScriptedChatClient();
        model.Response = () => model.Calls.Count == 1
            ? new ChatResponse(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("1", "now")])) { Usage = new() { TotalTokenCount = 30 } }
            : new ChatResponse(new ChatMessage(ChatRole.Assistant, "noon")) { Usage = new() { TotalTokenCount = 40 } };
        await using var services = Services();
        using var client = new ChatClientBuilder(model)
            .ConfigureOptions(options => options.Temperature = 0)
            .UseFunctionInvocation()
            .UseTokenBudget(o => o.ResponseReserve = 100)
            .Build(services);
        var held = (await services.GetRequiredService<IRateLimiters>().AcquireAsync([new("user", "ada", 10)])).Reservations[0];

        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(() => "12:00", "now")] }.WithReservations(held);
        await client.GetResponseAsync("what time is it?", options);

        Assert.Equal(2, model.Calls.Count);
        var status = await services.GetRequiredService<IRateLimitAdministration>().PeekAsync("user", "ada");
        Assert.Equal(10_000 - 70, status!.Remaining);
    }

    [Fact]
    public void What_a_call_brings_is_neither_serialised_nor_an_additional_property()
    {
        var original = new ChatOptions { Temperature = 1 };

        var options = original.WithTokenBudgets(new RateLimitCheck("user", "ada")).WithReservations();

        Assert.NotSame(original, options);
        Assert.Null(options.AdditionalProperties);
        Assert.Equal(Serialized(original), Serialized(options));
        Assert.Equal("user", Assert.Single(Assert.IsType<BudgetedChatOptions>(options.Clone()).Budgets).Policy);
    }

    [Theory]
    [InlineData(9, 1, "OutputBlock")]
    [InlineData(10_000_001, 1, "OutputBlock")]
    [InlineData(10, 0, "ResponseReserve")]
    [InlineData(10, 10_000_001, "ResponseReserve")]
    public async Task An_option_out_of_range_is_named_when_the_pipeline_is_built(int block, int reserve, string name)
    {
        await using var services = Services();
        var builder = new ChatClientBuilder(new ScriptedChatClient()).UseTokenBudget(o => (o.OutputBlock, o.ResponseReserve) = (block, reserve));

        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => builder.Build(services)).ParamName);
    }

    [Fact]
    public void An_input_is_estimated_by_its_bytes_and_its_media()
    {
        var call = new FunctionCallContent("1", "four") { Arguments = new Dictionary<string, object?> { ["four"] = "12345678", ["none"] = null } };
        ChatMessage[] messages =
        [
            new(ChatRole.System, "four"),
            new(ChatRole.User, [new TextContent("四分之一"), new DataContent(new byte[10], "image/png"), new HostedFileContent("file")]),
            new(ChatRole.Assistant, [call, new TextReasoningContent("four")]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "four"), new UsageContent(new() { TotalTokenCount = 5 })]),
        ];

        Assert.Equal((4 * 4) + 1 + (3 + 2000) + (5 + 1) + 1, TokenEstimate.OfInput(messages, options: null));
        Assert.Equal(0, TokenEstimate.OfInput([], new()));

        var tool = AIFunctionFactory.Create((string city) => city, "weather", "The weather of a city.");
        Assert.InRange(TokenEstimate.OfInput([], new() { Instructions = "four", Tools = [tool] }), 1 + 7, 100);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddStratAIRateLimiting(o => o.AddPolicy("user", Hourly));
        return services.BuildServiceProvider();
    }

    private static string Serialized(ChatOptions options) => JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions);
}
