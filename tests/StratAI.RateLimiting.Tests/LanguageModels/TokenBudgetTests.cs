using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.LanguageModels;

public sealed class EmbeddedTokenBudgetStreamTests : TokenBudgetStreamContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) =>
        Task.FromResult(TestLimiters.Embedded(Clock, configure));
}

public sealed class RedisTokenBudgetStreamTests : TokenBudgetStreamContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) => TestLimiters.OnRedisAsync(Clock, configure);
}

public sealed class EmbeddedTokenBudgetEndingTests : TokenBudgetEndingContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) =>
        Task.FromResult(TestLimiters.Embedded(Clock, configure));
}

public sealed class RedisTokenBudgetEndingTests : TokenBudgetEndingContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) => TestLimiters.OnRedisAsync(Clock, configure);
}

public sealed class EmbeddedTokenBudgetResponseTests : TokenBudgetResponseContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) =>
        Task.FromResult(TestLimiters.Embedded(Clock, configure));
}

public sealed class RedisTokenBudgetResponseTests : TokenBudgetResponseContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) => TestLimiters.OnRedisAsync(Clock, configure);
}
