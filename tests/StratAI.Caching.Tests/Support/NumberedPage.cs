using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching.Tests.Support;

/// <summary>A cached endpoint whose answers are numbered as they are made, and that can be held in the middle of one.</summary>
public sealed class NumberedPage
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _open = new();
    private int _runs;

    public NumberedPage() => _open.SetResult();

    public int Runs => Volatile.Read(ref _runs);

    public Task Begun => _begun.Task.WaitAsync(TimeSpan.FromSeconds(15));

    public void Hold() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _open.SetResult();

    public void Map(WebApplication app)
    {
        app.UseOutputCache();
        app.MapGet("/page", AnswerAsync).CacheOutput(policy => policy.AddPolicy<Policy>().Expire(TimeSpan.FromMinutes(1)));
    }

    private async Task<string> AnswerAsync(HttpContext context, int? size)
    {
        var number = Interlocked.Increment(ref _runs).ToString(CultureInfo.InvariantCulture);
        _begun.TrySetResult();
        await _open.Task;
        context.Response.Headers["X-Kept"] = "kept";
        return size is { } length ? number.PadRight(length, '.') : number;
    }

    /// <summary><c>?refresh</c> makes the answer anew; with <c>?everything</c> its tag is the one that cannot be given to an entry.</summary>
    private sealed class Policy : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            var query = context.HttpContext.Request.Query;
            context.AllowCacheLookup &= !query.ContainsKey("refresh");
            // Each instance of a test has a port of its own.
            context.CacheVaryByRules.VaryByHost = false;
            context.CacheVaryByRules.QueryKeys = new(["name", "size", "everything"]);
            context.Tags.Add(query.ContainsKey("everything") ? "*" : "rows");
            return default;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => default;
    }
}
