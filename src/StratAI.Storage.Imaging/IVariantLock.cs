namespace StratAI.Storage.Imaging;

/// <summary>
/// Sees to it that a variant is made once, however many ask for it. The one registered by default does so within the process; an application
/// of several instances registers its own, over its distributed lock, before <c>AddImaging</c>.
/// </summary>
/// <remarks>
/// It saves work; nothing breaks without it: a variant that is made twice is stored twice, with the same bytes. So an implementation whose
/// lock server is away may simply run the work.
/// </remarks>
public interface IVariantLock
{
    /// <summary>Runs the work, or waits for whoever is at the same work and shares what came of it.</summary>
    /// <param name="key">What the work is: the variant's key.</param>
    /// <param name="work">
    /// The work. Its token may end it early; pass none that belongs to one caller if others share the outcome. It looks first whether the
    /// variant is there by now.
    /// </param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <returns>The outcome, the caller's own or a shared one. What the work throws is for its own caller and is not shared for long.</returns>
    Task<VariantOutcome> RunOnceAsync(
        string key, Func<CancellationToken, Task<VariantOutcome>> work, CancellationToken cancellationToken);
}
