using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>What a busy instance tells of itself: enough to run it by, and nothing about anybody.</summary>
public abstract partial class TelemetryTests(BusyHost busy)
{
    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedBusyHost busy) : TelemetryTests(busy), IClassFixture<EmbeddedBusyHost>;

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedBusyHost busy) : TelemetryTests(busy), IClassFixture<DistributedBusyHost>
    {
        private readonly BusyHost _busy = busy;

        [Fact]
        public async Task The_dashboard_asks_for_what_there_is()
        {
            var expressions = await Dashboard.ExpressionsAsync();
            var metrics = new Scrape(_busy.Metrics.Text);

            Assert.NotEmpty(expressions);
            // Unnamed, a pool would be known by its connection string.
            Assert.Contains("host", metrics.Labels["db_client_connection_pool_name"]);
            Assert.All(expressions, expression => Assert.All(Dashboard.MetricsOf(expression), metric => Assert.True(metrics.Names.Contains(metric), $"{metric} of {expression}")));
            Assert.All(expressions, expression => Assert.All(Dashboard.LabelsOf(expression), label => Assert.True(metrics.Labels.ContainsKey(label), $"{label} of {expression}")));
        }
    }
}
