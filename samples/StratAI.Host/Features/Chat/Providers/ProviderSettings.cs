namespace StratAI.Host.Features.Chat.Providers;

/// <summary>What every provider of a language model over HTTP is configured with.</summary>
internal abstract class ProviderSettings(string baseUrl)
{
    /// <summary>Where its API is; https, or http on loopback. A path is kept.</summary>
    public Uri BaseUrl { get; set; } = new(baseUrl);

    /// <summary>The key of the API.</summary>
    public string? ApiKey { get; set; }

    /// <summary>A file that holds the key, read once at the start, instead of <see cref="ApiKey"/>.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>The name of the model there.</summary>
    public string Model { get; set; } = "";

    /// <summary>The longest answer, in tokens of the model. Default 4,096; from 1 to 1,000,000.</summary>
    public int MaxOutputTokens { get; set; } = 4_096;

    /// <summary>How long a connection may take. Default 5 s; from 100 ms to one hour, as all that follow.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the model may take to begin, repetitions included, and after each event of its stream that is no part of the answer. Default 60 s.</summary>
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest pause within an answer. Default 30 s.</summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a whole answer may take. Default 10 minutes.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The key, from wherever it is; null when there is none.</summary>
    public string? ReadKey() => ApiKeyFile is { Length: > 0 } file ? File.ReadAllText(file).Trim() : ApiKey;
}
