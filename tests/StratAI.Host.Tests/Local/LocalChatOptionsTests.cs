using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StratAI.Host.Features.Chat.Local;

namespace StratAI.Host.Tests.Local;

public sealed class LocalChatOptionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        using var services = Services();

        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.IsType<LocalChatClient>(services.GetRequiredService<IChatClient>());
        Assert.Equal(TimeSpan.Zero, services.GetRequiredService<IOptions<LocalChatOptions>>().Value.WordDelay);
    }

    [Theory]
    [InlineData("WordDelay", "-00:00:01", "Chat:Local:WordDelay must be from 00:00:00 to 00:01:00, and is -00:00:01.")]
    [InlineData("WordDelay", "00:01:01", "Chat:Local:WordDelay must be from 00:00:00 to 00:01:00, and is 00:01:01.")]
    [InlineData("MaximumCharacters", "0", "Chat:Local:MaximumCharacters must be positive, and is 0.")]
    public void A_bad_value_is_refused_at_start_by_its_name(string property, string value, string message)
    {
        using var services = Services((property, value));

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public void A_client_the_application_has_is_kept()
    {
        using var own = LocalChat.Client();
        using var services = Collection().AddSingleton<IChatClient>(own).AddLocalChat().AddLocalChat().BuildServiceProvider();

        Assert.Same(own, Assert.Single(services.GetServices<IChatClient>()));
    }

    private static ServiceProvider Services(params (string Property, string Value)[] settings) => Collection(settings).AddLocalChat().BuildServiceProvider();

    private static ServiceCollection Collection(params (string Property, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>("Chat:Local:" + setting.Property, setting.Value)))
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        return services;
    }
}
