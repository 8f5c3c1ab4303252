using Microsoft.Extensions.DependencyInjection.Extensions;
using StratAI.Storage;
using StratAI.Storage.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Mirrors of StratAI.Storage.</summary>
public static class StorageBuilderMirrorExtensions
{
    /// <summary>
    /// Repeats every write and deletion of this store in another, for a move between stores without an interruption, and adds
    /// <see cref="IObjectMirror"/>. The store stays the truth: a write is done when it has it, listings are its own, and the mirror is
    /// read only where the options say so. URLs are signed for this store alone.
    /// </summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="mirrorKey">The service key of the mirror, an <see cref="IObjectStore"/> such as <c>AddKeyedStratAIStorage</c> adds.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The builder is not this package's.</exception>
    /// <exception cref="InvalidOperationException">The store has another mirror, or is, over others perhaps, its own.</exception>
    public static IStorageBuilder MirrorTo(this IStorageBuilder builder, object mirrorKey, Action<MirrorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(mirrorKey);
        if (builder is not StorageBuilder { Registration: var registration })
        {
            throw new ArgumentException("The builder is none that AddStratAIStorage returned.", nameof(builder));
        }

        if (registration.MirrorKey is { } other && !other.Equals(mirrorKey))
        {
            throw new InvalidOperationException($"The mirror of {registration.Title} is '{other}' already.");
        }

        registration.MirrorKey = mirrorKey;
        ThrowIfCircular(builder.Services, registration);
        configure?.Invoke(registration.Mirror);
        var store = new StoreServices(registration);
        builder.Services.TryAddKeyedSingleton(registration.ServiceKey, (provider, _) => store.CopyingMirror(provider));
        return builder;
    }

    /// <summary>A circle is complete with its last link, so looking at each link as it is made finds every one.</summary>
    private static void ThrowIfCircular(IServiceCollection services, StoreRegistration start)
    {
        for (var store = start; store?.MirrorKey is { } key;)
        {
            store = services.Registrations().FirstOrDefault(next => key.Equals(next.ServiceKey));
            if (store == start)
            {
                throw new InvalidOperationException($"MirrorTo makes {start.Title} a mirror of itself.");
            }
        }
    }
}
