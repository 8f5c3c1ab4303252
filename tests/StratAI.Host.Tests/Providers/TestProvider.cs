using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using StratAI.Host.Features.Chat.Anthropic;
using StratAI.Host.Features.Chat.OpenAI;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Providers;

/// <summary>A provider as the host registers it, at a clock that stands until a test moves it.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    public const string Question = "a secret question";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;

    public TestProvider(ModelServer server, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(server.Settings!)
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{server.Section}:{setting.Name}", (string?)setting.Value))).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(Clock)
            .AddLogging(logging => logging.AddProvider(Log));
        if (server is AnthropicServer)
        {
            services.AddAnthropicChat();
        }
        else
        {
            services.AddOpenAIChat();
        }

        _services = services.BuildServiceProvider();
        Model = _services.GetRequiredService<IChatClient>();
    }

    public PausingClock Clock { get; } = new();

    public LogRecorder Log { get; } = new();

    public IChatClient Model { get; }

    public ChatOptions Options { get; } = new();

    /// <summary>Asks, and reads to the end.</summary>
    public Task<ModelAnswer> AskAsync(string question = Question) => AskAsync(new ModelAnswer(), question);

    public Task<ModelAnswer> AskAsync(ModelAnswer answer, string question = Question) =>
        answer.ReadAsync(Model.GetStreamingResponseAsync([new(ChatRole.System, "Be brief."), new(ChatRole.User, question)], Options)).WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        Model.Dispose();
        await _services.DisposeAsync();
    }
}

internal sealed class ModelAnswer
{
    private int _seen;

    public List<ChatResponseUpdate> Updates { get; } = [];

    public Exception? Failure { get; private set; }

    /// <summary>How many updates have come, for whoever is not the reader.</summary>
    public int Seen => Volatile.Read(ref _seen);

    public async Task<ModelAnswer> ReadAsync(IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        try
        {
            await foreach (var update in updates)
            {
                Updates.Add(update);
                Volatile.Write(ref _seen, Updates.Count);
            }
        }
        catch (Exception exception)
        {
            Failure = exception;
        }

        return this;
    }

    public string Text => string.Concat(Updates.Select(update => update.Text));

    public IReadOnlyList<UsageDetails> Usage => [.. Updates.SelectMany(update => update.Contents).OfType<UsageContent>().Select(content => content.Details)];
}

/// <summary>A clock that tells of the pauses that somebody begins.</summary>
internal sealed class PausingClock : FakeTimeProvider
{
    // Alarms for what takes too long are set further ahead.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();

    public async Task<TimeSpan> NextPauseAsync() => await _pauses.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= LongestPause)
        {
            _pauses.Writer.TryWrite(dueTime);
        }

        return timer;
    }
}

/// <summary>Everything that is logged, as text.</summary>
public sealed class LogRecorder : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
