namespace StratAI.Host.Features.Chat.Providers;

internal static class ModelHttp
{
    /// <summary>
    /// What a provider's SDK sends its requests by. It has no time-out of its own, as <see cref="ModelCalls"/> has them all, and follows no redirect: the key and
    /// users' questions go to the configured address and to no other.
    /// </summary>
    public static HttpClient Create(ProviderSettings settings, bool hasKey, TimeProvider time, Func<HttpMessageHandler, HttpMessageHandler>? around = null)
    {
        var network = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = settings.ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        var handler = new ModelHandler(time) { HasKey = hasKey, InnerHandler = network };
        return new(around?.Invoke(handler) ?? handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
