using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StratAI.Host.Features.Chat.Tokens;

namespace StratAI.Host.Features.Chat.Providers;

internal static class ProviderSetup
{
    /// <summary>Makes a provider the application's <see cref="IChatClient"/>, within what is the same for all of them.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="section">Of the settings.</param>
    /// <param name="connect">Makes the client of its SDK, with nothing around it but what its protocol needs.</param>
    public static void AddProvider<TSettings, TValidator>(this IServiceCollection services, string section, Func<TSettings, TimeProvider, IChatClient> connect)
        where TSettings : ProviderSettings
        where TValidator : class, IValidateOptions<TSettings>
    {
        services.AddSingleton<IValidateOptions<TSettings>, TValidator>();
        services.AddOptions<TSettings>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IChatClient>(provider =>
        {
            var settings = provider.GetRequiredService<IOptions<TSettings>>().Value;
            var time = provider.GetRequiredService<TimeProvider>();
            var calls = new ModelCalls(connect(settings, time), settings, time, provider.GetRequiredService<ILogger<ModelCalls>>());
            return new NamedDocuments(new CountedChatClient(calls));
        });
    }
}
