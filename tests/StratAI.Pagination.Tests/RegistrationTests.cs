using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StratAI.Pagination.Tests;

public sealed class RegistrationTests
{
    private static readonly PageOrder<int> Order = PageOrder<int>.Create(order => order.TieBreaker("id", row => row, "id"));

    [Theory]
    [InlineData("not base64", "SigningKey is not base64")]
    [InlineData("", "SigningKey holds 0 bytes")]
    [InlineData("c2VjcmV0", "SigningKey holds 6 bytes")]
    [InlineData(TestPagers.Key, "PreviousSigningKeys[1] holds 6 bytes", TestPagers.OtherKey, "c2VjcmV0")]
    [InlineData(null, "PreviousSigningKeys needs a SigningKey", TestPagers.Key)]
    [InlineData(TestPagers.Key, "holds 9 keys", "a", "a", "a", "a", "a", "a", "a", "a", "a")]
    public async Task A_bad_key_stops_the_start_and_is_named_but_not_shown(string? key, string message, params string[] previous)
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddStratAIPagination(options =>
            {
                options.SigningKey = key;
                foreach (var each in previous)
                {
                    options.PreviousSigningKeys.Add(each);
                }
            }))
            .Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_bind_from_configuration()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["SigningKey"] = TestPagers.Key, ["PreviousSigningKeys:0"] = TestPagers.OtherKey })
            .Build();
        var services = new ServiceCollection().AddStratAIPagination(configuration.Bind).Services.BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<PaginationOptions>>().Value;

        Assert.Equal(TestPagers.Key, options.SigningKey);
        Assert.Equal([TestPagers.OtherKey], options.PreviousSigningKeys);
    }

    [Fact]
    public void Repeating_the_registration_adds_configuration_and_nothing_else()
    {
        var services = new ServiceCollection();
        services.AddStratAIPagination();
        services.AddStratAIPagination();
        Assert.Single(services, descriptor => descriptor.ServiceType == typeof(Pager));
        Assert.Single(services, descriptor => descriptor.ServiceType == typeof(IValidateOptions<PaginationOptions>));

        services.AddStratAIPagination(options => options.SigningKey = TestPagers.Key);
        using var provider = services.BuildServiceProvider();
        Assert.Same(provider.GetRequiredService<Pager>(), provider.GetRequiredService<Pager>());
        Assert.Null(Plan(provider.GetRequiredService<Pager>(), CursorOf(TestPagers.Create())).Error);
    }

    [Fact]
    public void Without_a_key_cursors_work_in_this_process_alone_and_that_is_warned_of_once()
    {
        var log = new RecordingLogger();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log)).AddStratAIPagination().Services;
        using var one = services.BuildServiceProvider();
        using var other = services.BuildServiceProvider();

        var cursor = CursorOf(one.GetRequiredService<Pager>());

        Assert.Null(Plan(one.GetRequiredService<Pager>(), cursor).Error);
        var warning = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("SigningKey", warning.Message, StringComparison.Ordinal);
        Assert.Equal("cursor-tampered", Plan(other.GetRequiredService<Pager>(), cursor).Error?.Code);
    }

    [Theory]
    [InlineData("offset", "ok")]
    [InlineData("cursor", "ok")]
    [InlineData("cursor", "cursor-malformed")]
    [InlineData("offset", "invalid-sort")]
    [InlineData("unknown", "invalid-pagination")]
    public void Every_request_is_counted_and_traced_with_its_mode_and_outcome(string mode, string outcome)
    {
        using var provider = new ServiceCollection().AddStratAIPagination(options => options.SigningKey = TestPagers.Key).Services.BuildServiceProvider();
        var pager = provider.GetRequiredService<Pager>();
        var meters = provider.GetRequiredService<IMeterFactory>();
        var counted = new List<(string Name, long Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Meter.Name == PaginationDiagnostics.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counted.Add((instrument.Name, value, string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")))));
        listener.Start();
        using var parent = new Activity("test").Start();
        var traced = new List<string>();
        using var tracing = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PaginationDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Other tests run beside this one and plan too.
                if (activity.TraceId == parent.TraceId)
                {
                    traced.Add($"{activity.OperationName} {string.Join(',', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}");
                }
            },
        };
        ActivitySource.AddActivityListener(tracing);

        pager.Plan(Order, Request(mode, outcome), TestPagers.Scope, SqlDialect.Sqlite);

        Assert.Equal([("stratai.pagination.requests", 1, $"mode={mode},outcome={outcome}")], counted);
        Assert.Equal([$"pagination.plan mode={mode},outcome={outcome}"], traced);
    }

    [Fact]
    public void A_keyed_pager_has_options_and_cursors_of_its_own()
    {
        var services = new ServiceCollection();
        services.AddStratAIPagination(options => options.SigningKey = TestPagers.Key);
        services.AddKeyedStratAIPagination("reports", options => options.SigningKey = TestPagers.OtherKey);
        using var provider = services.BuildServiceProvider();
        var (pager, keyed) = (provider.GetRequiredService<Pager>(), provider.GetRequiredKeyedService<Pager>("reports"));

        Assert.Null(Plan(keyed, CursorOf(keyed)).Error);
        Assert.Equal("cursor-tampered", Plan(pager, CursorOf(keyed)).Error?.Code);
        Assert.Equal("reports", services.AddKeyedStratAIPagination("reports").Name);
        Assert.Throws<ArgumentException>(() => services.AddKeyedStratAIPagination(" "));
    }

    [Fact]
    public void Data_protection_makes_cursors_that_every_instance_with_its_key_ring_reads()
    {
        using var folder = new TemporaryFolder();
        using var one = Instance(folder.Path, "app");
        using var other = Instance(folder.Path, "app");
        using var stranger = Instance(folder.Path, "another app");
        var cursor = CursorOf(one.GetRequiredService<Pager>());

        var plan = Plan(other.GetRequiredService<Pager>(), cursor);
        Assert.Null(plan.Error);
        Assert.Equal([1L], plan.Compose("*", "t", "").Parameters.Values);
        Assert.NotEqual(cursor, CursorOf(one.GetRequiredService<Pager>()));
        Assert.Equal("cursor-tampered", Plan(stranger.GetRequiredService<Pager>(), cursor).Error?.Code);
        Assert.Equal("cursor-tampered", Plan(one.GetRequiredService<Pager>(), CursorOf(TestPagers.Create())).Error?.Code);
        Assert.Equal("cursor-malformed", Plan(one.GetRequiredService<Pager>(), "x").Error?.Code);
        Assert.Equal("cursor-tampered", Plan(TestPagers.Create(), cursor).Error?.Code);
        Assert.Equal("cursor-tampered", Plan(one.GetRequiredService<Pager>(), cursor[..^8] + "AAAAAAAA").Error?.Code);

        static ServiceProvider Instance(string folder, string application)
        {
            var services = new ServiceCollection();
            services.AddDataProtection().PersistKeysToFileSystem(new(folder)).SetApplicationName(application);
            services.AddStratAIPagination().UseDataProtection();
            return services.BuildServiceProvider();
        }
    }

    [Fact]
    public void Data_protection_and_a_signing_key_are_one_too_many()
    {
        using var provider = new ServiceCollection()
            .AddStratAIPagination(options => options.SigningKey = TestPagers.Key).UseDataProtection().Services.BuildServiceProvider();

        var thrown = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<PaginationOptions>>().Value);
        Assert.Contains("SigningKey is set", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_protection_too_says_when_a_row_makes_too_long_a_cursor()
    {
        using var provider = new ServiceCollection().AddDataProtection().Services.AddStratAIPagination().UseDataProtection().Services.BuildServiceProvider();
        var order = PageOrder<string>.Create(build => build.TieBreaker("text", text => text, "text", TextCollation.Binary));
        var plan = provider.GetRequiredService<Pager>().Plan(order, new PageRequest { Limit = 1 }, TestPagers.Scope, SqlDialect.Sqlite);

        // Short enough for the content of a cursor, but not with what data protection adds to it.
        Assert.Contains("left(title, 200)", Assert.Throws<InvalidOperationException>(() => plan.ToPage([new('x', 3020), "x"])).Message, StringComparison.Ordinal);
    }

    private static PageRequest Request(string mode, string outcome) => (mode, outcome) switch
    {
        ("offset", "ok") => new() { Offset = 0 },
        ("offset", _) => new() { Offset = 0, Sort = "a secret" },
        ("cursor", "ok") => new(),
        ("cursor", _) => new() { Cursor = "a secret" },
        _ => new() { Error = new("invalid-pagination", "'limit' is not an integer.") },
    };

    private static PagePlan<int> Plan(Pager pager, string cursor) =>
        pager.Plan(Order, new PageRequest { Cursor = cursor }, TestPagers.Scope, SqlDialect.Sqlite);

    private static string CursorOf(Pager pager) =>
        pager.Plan(Order, new PageRequest { Limit = 1 }, TestPagers.Scope, SqlDialect.Sqlite).ToPage([1, 2]).Pagination.NextCursor!;

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("paging-keys-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private sealed class RecordingLogger : ILoggerProvider, ILogger
    {
        public List<(LogLevel Level, string Message)> Entries { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Add((logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
