using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>An instance that no collector was named to.</summary>
[Collection(EmbeddedShape.Name)]
public sealed class UntracedTests(EmbeddedHost fixture)
{
    [Fact]
    public async Task Without_a_collector_nothing_is_traced_and_the_trace_id_goes_on_to_the_model_all_the_same()
    {
        await using var model = await OtlpCollector.StartAsync();
        await using var host = new HostInstance(fixture.SettingsApart(), builder => builder
            .ConfigureTestServices(services => services.AddSingleton<IChatClient>(_ => new HttpModel(model.Address))));
        var (trace, user) = (BusyRun.NewTrace(), await host.SignInAsync("ada"));
        user.Http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{BusyRun.ClientSpan}-01");

        await user.ChatAsync(new { message = "Hello?" });

        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.StartsWith($"00-{trace}-", Assert.Single(model.ModelCalls), StringComparison.Ordinal);
        Assert.Equal(200, (await new ApiClient(host.Anonymous(), "").GetAsync("/metrics")).Status);
    }
}
