using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>One instance of the host on a real Kestrel, with settings over those of appsettings.json.</summary>
public sealed class HostInstance : WebApplicationFactory<Program>
{
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Action<IWebHostBuilder>? _configure;

    public HostInstance(IReadOnlyDictionary<string, string> settings, Action<IWebHostBuilder>? configure = null)
    {
        (_settings, _configure) = (settings, configure);
        UseKestrel(0);
        StartServer();
    }

    public Uri Address => ClientOptions.BaseAddress;

    public HttpClient Anonymous() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>A client with a development token of the user.</summary>
    public async Task<ApiClient> SignInAsync(string user)
    {
        var http = Anonymous();
        var token = await ApiClient.TokenAsync(http, user);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new(http, user);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        _configure?.Invoke(builder);
    }
}
