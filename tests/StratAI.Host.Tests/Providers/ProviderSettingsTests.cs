using Microsoft.Extensions.Options;
using StratAI.Host.Features.Chat.Anthropic;
using StratAI.Host.Features.Chat.OpenAI;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Providers;

public sealed class ProviderSettingsTests
{
    [Theory]
    [InlineData("BaseUrl", "http://api.example.com", "BaseUrl is 'http://api.example.com/'")]
    [InlineData("BaseUrl", "https://user:word@api.example.com", "BaseUrl is")]
    [InlineData("BaseUrl", "https://api.example.com/?key=1", "BaseUrl is")]
    [InlineData("BaseUrl", "relative", "BaseUrl is 'relative'")]
    [InlineData("ApiKey", "", "ApiKey holds no key")]
    [InlineData("ApiKey", "two words", "ApiKey holds a key with characters")]
    [InlineData("ApiKeyFile", "/also/a/file", "ApiKey and ApiKeyFile are both set")]
    [InlineData("Model", "", "Model is ''")]
    [InlineData("MaxOutputTokens", "0", "MaxOutputTokens is 0; it must be from 1 to 1000000")]
    [InlineData("ConnectTimeout", "00:00:00", "ConnectTimeout is 00:00:00; it must be from")]
    [InlineData("FirstTokenTimeout", "02:00:00", "FirstTokenTimeout is 02:00:00")]
    [InlineData("SilenceTimeout", "-00:00:01", "SilenceTimeout is -00:00:01")]
    [InlineData("AnswerTimeout", "1.00:00:00", "AnswerTimeout is 1.00:00:00")]
    [InlineData("PromptCache", "7", "PromptCache is 7; it must be one of Off, FiveMinutes, OneHour")]
    [InlineData("PromptCacheMinimum", "-1", "PromptCacheMinimum is -1")]
    public async Task What_does_not_do_is_named_with_its_value(string name, string value, string message)
    {
        await using var server = new AnthropicServer();

        var refused = Assert.Throws<OptionsValidationException>(() => new TestProvider(server, (name, value)));

        Assert.Contains($"Chat:Anthropic:{message}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ModelServer.Key, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two words", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_may_be_in_a_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "from-a-file\n");
            await using var server = new AnthropicServer();
            await using (var provider = new TestProvider(server, ("ApiKey", ""), ("ApiKeyFile", file)))
            {
                Assert.Null((await provider.AskAsync()).Failure);
            }

            Assert.Equal("Bearer from-a-file", Assert.Single(server.Requests).Authorization);
            await File.WriteAllTextAsync(file, "");
            Assert.Contains("holds no key", Assert.Throws<OptionsValidationException>(() => new TestProvider(server, ("ApiKey", ""), ("ApiKeyFile", file))).Message, StringComparison.Ordinal);
            Assert.Contains("cannot be read", Assert.Throws<OptionsValidationException>(() => new TestProvider(server, ("ApiKey", ""), ("ApiKeyFile", file + ".none"))).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_defaults_are_the_providers_own_addresses_over_https()
    {
        Assert.Equal("https://api.anthropic.com/", new AnthropicSettings { Model = "m" }.BaseUrl.ToString());
        Assert.Equal("https://api.openai.com/v1", new OpenAISettings { Model = "m" }.BaseUrl.ToString());
        Assert.True(new OpenAISettings.Validator().Validate(null, new() { Model = "m" }).Succeeded);
    }
}
