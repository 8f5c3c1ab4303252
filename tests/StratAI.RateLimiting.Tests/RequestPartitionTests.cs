using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting.Tests;

/// <summary>Whose bucket a request is charged to.</summary>
public sealed class RequestPartitionTests
{
    [Theory]
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("192.168.7.20", "203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("203.0.113.66", "198.51.100.1", "203.0.113.66")]
    [InlineData("203.0.113.66", "10.0.0.1", "203.0.113.66")]
    public async Task A_forwarded_address_counts_only_from_a_known_proxy(string peer, string? forwarded, string bucket)
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("ip", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }, RateLimitPartitions.ByIpAddress),
            app => app.MapGet("/", () => "ok").RequireLimits("ip"),
            app =>
            {
                var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor };
                options.KnownProxies.Clear();
                options.KnownIPNetworks.Clear();
                options.KnownProxies.Add(IPAddress.Parse("10.0.0.1"));
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse("192.168.7.0/24"));
                app.UseForwardedHeaders(options);
                app.UseStratAIRateLimiting();
            });

        var context = await app.Server.SendAsync(request =>
        {
            request.Request.Path = "/";
            request.Connection.RemoteIpAddress = IPAddress.Parse(peer);
            request.Request.Headers["X-Forwarded-For"] = forwarded;
        });

        Assert.Equal(200, context.Response.StatusCode);
        Assert.Equal(0, (await app.Services.GetRequiredService<IRateLimitAdministration>().PeekAsync("ip", bucket))!.Remaining);
    }

    [Fact]
    public async Task An_endpoint_is_its_pattern_and_its_own_methods_whatever_the_client_sends()
    {
        var buckets = new List<string?>();
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("endpoint", new() { PermitLimit = 9, Window = TimeSpan.FromHours(1) }, context =>
            {
                buckets.Add(RateLimitPartitions.ByEndpoint(context));
                return buckets[^1];
            }),
            app =>
            {
                var group = app.MapGroup("/tasks").RequireLimits("endpoint");
                group.MapGet("/{id}", (string id) => id);
                group.MapMethods("/{id}", ["PUT", "PATCH"], (string id) => id);
                app.MapFallback(() => "any").RequireLimits("endpoint");
            });

        await app.GetAsync("/tasks/1");
        await app.GetAsync("/tasks/2");
        await app.Client.SendAsync(new(HttpMethod.Patch, "/tasks/3"));
        await app.Client.SendAsync(new(new("INVENTED"), "/elsewhere"));

        Assert.Equal(["GET /tasks/{id}", "GET /tasks/{id}", "PUT,PATCH /tasks/{id}", " {*path:nonfile}"], buckets);
        Assert.Null(RateLimitPartitions.ByEndpoint(new DefaultHttpContext()));
    }

    [Fact]
    public async Task Any_asynchronous_function_can_name_the_bucket()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("user", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }).Partition("user", async context =>
            {
                await Task.Yield();
                return TestApp.User(context);
            }),
            app => app.MapGet("/", () => "ok").RequireLimits("user"));

        Assert.Equal("200 429", await app.GetAsync("/", 2, "ada"));
        Assert.Equal("200 429", await app.GetAsync("/", 2, "grace"));
        Assert.Equal("200 200", await app.GetAsync("/", 2, user: null));
    }

    [Fact]
    public async Task A_group_belongs_to_the_policies_it_is_given_to()
    {
        var one = new RateLimitPolicy { PermitLimit = 1, Window = TimeSpan.FromHours(1) };
        await using var app = await TestApp.StartAsync(
            o => o
                .AddPolicy("ip", one, _ => "192.0.2.1").AddPolicy("user", one, TestApp.User)
                .Group("USER", context => context.Request.Query["tenant"]),
            app =>
            {
                app.MapGet("/ip", () => "ok").RequireLimits("ip");
                app.MapGet("/user", () => "ok").RequireLimits("user");
            });

        // One address is one bucket, whatever tenants come from it.
        Assert.Equal("200", await app.GetAsync("/ip?tenant=a", 1));
        Assert.Equal("429", await app.GetAsync("/ip?tenant=b", 1));

        Assert.Equal("200", await app.GetAsync("/user?tenant=a", 1));
        var administration = app.Services.GetRequiredService<IRateLimitAdministration>();
        Assert.Equal(0, (await administration.PeekAsync("user", "ada", group: "a"))!.Remaining);
        Assert.Equal(1, (await administration.PeekAsync("user", "ada"))!.Remaining);
    }

    [Fact]
    public void A_claim_counts_of_authenticated_users_alone()
    {
        Assert.Equal("acme", Tenant("test", new Claim("tid", "acme")));
        Assert.Null(Tenant("test", new Claim("other", "acme")));
        Assert.Null(Tenant(null, new Claim("tid", "acme")));

        static string? Tenant(string? authenticationType, Claim claim) =>
            RateLimitPartitions.ByClaim("tid")(new DefaultHttpContext { User = new(new ClaimsIdentity([claim], authenticationType)) });
    }

    [Fact]
    public void A_header_counts_with_all_its_values()
    {
        var (context, byKey) = (new DefaultHttpContext(), RateLimitPartitions.ByHeader("X-Api-Key"));
        Assert.Null(byKey(context));
        context.Request.Headers["x-api-key"] = "k1";
        Assert.Equal("k1", byKey(context));
        context.Request.Headers["x-api-key"] = new(["k1", "k2"]);
        Assert.Equal("k1,k2", byKey(context));
    }

    [Theory]
    [InlineData("ada", "1", "ada|1")]
    [InlineData("a|b", "c", "a\\|b|c")]
    [InlineData("a", "b|c", "a|b\\|c")]
    [InlineData("a\\", "b", "a\\\\|b")]
    [InlineData("ada", null, null)]
    [InlineData("", "1", null)]
    public void A_combination_is_one_bucket_per_pair_and_no_two_pairs_share_one(string? first, string? second, string? bucket)
    {
        Assert.Equal(bucket, RateLimitPartitions.Combine(_ => first, _ => second)(new DefaultHttpContext()));
        Assert.Throws<ArgumentException>(() => RateLimitPartitions.Combine());
    }
}
