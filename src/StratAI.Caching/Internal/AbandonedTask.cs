namespace StratAI.Caching.Internal;

internal static class AbandonedTask
{
    /// <summary>For a task that is no longer waited for: should it fail, that must not surface as an unobserved exception.</summary>
    public static void Abandon(this Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.ContinueWith(
                static failed => _ = failed.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
