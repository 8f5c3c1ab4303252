using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting.Tests;

/// <summary>Limits by attribute: on controllers, actions and handlers.</summary>
public sealed class EndpointAttributeTests
{
    [Theory]
    [InlineData("/limited/both", "outer,a,b")]
    [InlineData("/limited/exempt", null)]
    [InlineData("/limited/again", "b")]
    [InlineData("/open", "outer")]
    [InlineData("/handler", "outer,b")]
    [InlineData("/handler/exempt", null)]
    public async Task Attributes_are_innermost_and_add_up_from_the_controller_to_the_action(string path, string? policies)
    {
        await using var app = await StartAsync(app =>
        {
            app.MapControllers().RequireLimits("outer");
            var group = app.MapGroup("").RequireLimits("outer");
            group.MapGet("/handler", [RequireLimits("b")] () => "ok");
            group.MapGet("/handler/exempt", [DisableLimits] () => "ok").RequireLimits("a");
        });

        var response = await app.GetAsync(path);

        Assert.Equal(200, (int)response.StatusCode);
        var expected = policies?.Split(',').Select(policy => $"\"{policy}\";q=9;w=3600");
        Assert.Equal(expected is null ? null : string.Join(", ", expected), response.Field("RateLimit-Policy"));
    }

    [Fact]
    public async Task A_policy_of_an_attribute_that_nothing_decides_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(app => app.MapControllers(), app => app.UseStratAIRateLimiting("a")));

        Assert.Contains("requires the limit 'b', and nothing applies it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attribute_without_names_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new RequireLimitsAttribute());
        Assert.Throws<ArgumentException>(() => new RequireLimitsAttribute(null!));
    }

    private static Task<TestApp> StartAsync(Action<WebApplication> map, Action<WebApplication>? pipeline = null) => TestApp.StartAsync(
        o =>
        {
            foreach (var name in (string[])["outer", "a", "b"])
            {
                o.AddPolicy(name, new() { PermitLimit = 9, Window = TimeSpan.FromHours(1) }, TestApp.User);
            }
        },
        map, pipeline, builder => builder.Services.AddControllers().AddApplicationPart(typeof(LimitedController).Assembly));
}

[ApiController]
[Route("limited")]
[RequireLimits("a")]
public sealed class LimitedController : ControllerBase
{
    [HttpGet("both")]
    [RequireLimits("b")]
    public IActionResult Both() => Ok();

    [HttpGet("exempt")]
    [DisableLimits]
    public IActionResult Exempt() => Ok();

    [HttpGet("again")]
    [DisableLimits]
    [RequireLimits("b")]
    public IActionResult Again() => Ok();

    [HttpGet("/open")]
    [DisableLimits]
    [RequireLimits("outer")]
    public IActionResult Open() => Ok();
}
