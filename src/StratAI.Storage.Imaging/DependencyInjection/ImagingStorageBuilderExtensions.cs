using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StratAI.Storage;
using StratAI.Storage.Imaging;
using StratAI.Storage.Imaging.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of StratAI.Storage.Imaging.</summary>
public static class ImagingStorageBuilderExtensions
{
    /// <summary>
    /// Adds <see cref="ImageInspector"/> and <see cref="ImageVariants"/> as singletons over the registered <see cref="IObjectStore"/>. An <see
    /// cref="IVariantLock"/> already registered stays. The options are checked when the host starts; libvips is looked for when it is first
    /// needed.
    /// </summary>
    /// <param name="builder">What <c>AddStratAIStorage</c> returned.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    public static IStorageBuilder AddImaging(this IStorageBuilder builder, Action<ImagingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var options = services.AddOptions<ImagingOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ImagingOptions>, ImagingOptionsValidator>());
        services.TryAddSingleton<ImagingMetrics>();
        services.TryAddSingleton<ImageGate>();
        services.TryAddSingleton<ImageEngine>();
        services.TryAddSingleton<IVariantLock, InProcessVariantLock>();
        services.TryAddSingleton(provider => new ImageInspector(
            provider.GetRequiredService<ImageEngine>(),
            provider.GetRequiredService<IObjectStore>(),
            provider.GetRequiredService<IOptions<ImagingOptions>>(),
            provider.GetRequiredService<IOptions<StorageOptions>>()));
        services.TryAddSingleton(provider => new ImageVariants(
            provider.GetRequiredService<IObjectStore>(),
            provider.GetRequiredService<IVariantLock>(),
            provider.GetRequiredService<ImageEngine>(),
            provider.GetRequiredService<ImagingMetrics>(),
            provider.GetRequiredService<IOptions<ImagingOptions>>(),
            provider.GetRequiredService<IOptions<StorageOptions>>()));
        return builder;
    }
}
