using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Internal;

/// <summary>
/// The codec of each cached type. The application's <see cref="IHybridCacheSerializer{T}"/> wins, then its
/// <see cref="IHybridCacheSerializerFactory"/>s (the last registered first), then text and bytes as they are, then System.Text.Json.
/// </summary>
internal sealed class CodecProvider(IServiceProvider services, CachingOptions options, ILogger logger)
{
    private readonly ConcurrentDictionary<Type, object> _codecs = new();
    private readonly IHybridCacheSerializerFactory[] _factories = [.. services.GetServices<IHybridCacheSerializerFactory>().Reverse()];
    private readonly JsonSerializerOptions _json = CreateJsonOptions(options.SerializerOptions);

    public ValueCodec<T> Get<T>() =>
        (ValueCodec<T>)(_codecs.TryGetValue(typeof(T), out var codec) ? codec : _codecs.GetOrAdd(typeof(T), Create<T>()));

    private ValueCodec<T> Create<T>() => new(FindSerializer<T>(), options.MaximumPayloadBytes, logger);

    private IHybridCacheSerializer<T>? FindSerializer<T>()
    {
        if (services.GetService<IHybridCacheSerializer<T>>() is { } registered)
        {
            return registered;
        }

        foreach (var factory in _factories)
        {
            if (factory.TryCreateSerializer<T>(out var made))
            {
                return made;
            }
        }

        if (typeof(T) == typeof(string))
        {
            return (IHybridCacheSerializer<T>)(object)new StringSerializer();
        }

        if (typeof(T) == typeof(byte[]))
        {
            return (IHybridCacheSerializer<T>)(object)new BytesSerializer();
        }

        try
        {
            return _json.TryGetTypeInfo(typeof(T), out var info) ? new JsonValueSerializer<T>((JsonTypeInfo<T>)info) : null;
        }
        catch (Exception error) when (error is InvalidOperationException or NotSupportedException)
        {
            logger.TypeNotSerializable(error, typeof(T));
            return null;
        }
    }

    private static JsonSerializerOptions CreateJsonOptions(JsonSerializerOptions? given)
    {
        // Fields included: without them a value tuple would be written as {} and come back empty.
        var options = given is null ? new JsonSerializerOptions { IncludeFields = true } : new JsonSerializerOptions(given);
        options.TypeInfoResolver ??= DefaultResolver();
        options.MakeReadOnly();
        return options;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Reached only where reflection-based serialisation is enabled.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Reached only where reflection-based serialisation is enabled.")]
    private static IJsonTypeInfoResolver DefaultResolver() =>
        JsonSerializer.IsReflectionEnabledByDefault ? new DefaultJsonTypeInfoResolver() : JsonTypeInfoResolver.Combine();
}
