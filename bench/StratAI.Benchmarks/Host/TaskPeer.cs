using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using StratAI.Pagination;
using StratAI.RateLimiting;
using StratAI.Testing;

namespace StratAI.Benchmarks.Host;

/// <summary>
/// The list of tasks by a bare minimal API: the SQL of the reference host, run by Npgsql, written as the same JSON. Each further layer adds one thing that the
/// host does for it.
/// </summary>
internal static class TaskPeer
{
    public const string SigningKey = "a signing key of the benchmarks, of 32 bytes or more";
    public const string Audience = "stratai";

    public static readonly string[] Layers = ["bare", "tokens", "limits", "pager"];

    private static readonly string Cursor = new('c', 120);
    private static readonly PageRequest FirstPage = new() { Limit = 50, Count = CountMode.Exact };

    public static Task<WebChild> StartAsync(string layer, string database) => WebChild.StartAsync(
        address => new ProcessStartInfo("dotnet", [typeof(TaskPeer).Assembly.Location, "host-peer", layer, address.ToString(), database]));

    public static async Task RunAsync(string layer, string address, string database)
    {
        var depth = Array.IndexOf(Layers, layer);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // The host's pool.
        builder.Services.AddSingleton(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 10 }));
        builder.Services.AddStratAIPagination(options => options.SigningKey = Convert.ToBase64String(Encoding.UTF8.GetBytes(SigningKey)));
        if (depth >= 1)
        {
            builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
            {
                options.MapInboundClaims = false;
                options.TokenValidationParameters = new() { ValidAudience = Audience, ValidateIssuer = false, IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(SigningKey)) };
            });
            builder.Services.AddAuthorization();
        }

        if (depth >= 2)
        {
            builder.Services.AddStratAIRateLimiting(options =>
            {
                options.Configuration = TestServers.Redis;
                options.KeyPrefix = $"bench-{Guid.NewGuid():n}";
                options.AddPolicy("ip", new() { PermitLimit = 1_000_000, Window = TimeSpan.FromMinutes(1) }, RateLimitPartitions.ByIpAddress);
                options.AddPolicy("user", new() { PermitLimit = 1_000_000, Window = TimeSpan.FromMinutes(1) }, RateLimitPartitions.ByUser);
            });
        }

        await using var app = builder.Build();
        app.MapGet("/health/live", () => Results.Ok());
        app.MapGet("/api/preferences", () => Results.Json(
            new { theme = "dark", locale = "en", timeZone = "UTC", defaultModel = (string?)null, settings = new { }, createdAt = "2026-11-26T10:15:30.123456Z", updatedAt = "2026-11-26T10:15:30.123456Z" }));
        if (depth >= 1)
        {
            app.UseAuthentication();
        }

        if (depth >= 2)
        {
            app.UseStratAIRateLimiting();
        }

        var statement = app.Services.GetRequiredService<Pager>().Plan(TaskItem.Order, FirstPage, new PageScope("tasks", ""), SqlDialect.PostgreSql)
            .Compose(TaskItem.Columns, "tasks t", "t.user_id = @userId");
        var list = depth >= 3
            ? app.MapGet("/api/tasks", PageAsync)
            : app.MapGet("/api/tasks", (HttpContext context, NpgsqlDataSource source) => BareAsync(context, source, statement));
        if (depth >= 1)
        {
            app.UseAuthorization();
            list.RequireAuthorization();
        }

        if (depth >= 2)
        {
            list.RequireLimits("ip", "user");
        }

        await app.RunAsync();
    }

    /// <summary>As somebody would write it by hand: the text stands, and so does the cursor, as nothing here makes one.</summary>
    private static async Task BareAsync(HttpContext context, NpgsqlDataSource source, PageSql statement)
    {
        await using var command = source.CreateCommand();
        statement.Bind(command);
        command.Parameters.AddWithValue("userId", TaskLists.User);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        var tasks = new List<TaskItem>(51);
        while (await reader.ReadAsync(context.RequestAborted))
        {
            tasks.Add(TaskItem.Read(reader));
        }

        await reader.NextResultAsync(context.RequestAborted);
        await reader.ReadAsync(context.RequestAborted);
        var total = reader.GetInt64(0);
        await context.Response.WriteAsJsonAsync(
            new { Data = tasks.Take(50), Pagination = new { Offset = 0, Limit = 50, Total = total, HasMore = true, NextCursor = Cursor } }, TaskItem.Json, context.RequestAborted);
    }

    private static async Task PageAsync(HttpContext context, PageRequest request, NpgsqlDataSource source, Pager pager)
    {
        var plan = pager.Plan(TaskItem.Order, request, new PageScope("tasks", TaskLists.User), SqlDialect.PostgreSql);
        await using var command = source.CreateCommand();
        plan.Compose(TaskItem.Columns, "tasks t", "t.user_id = @userId").Bind(command);
        command.Parameters.AddWithValue("userId", TaskLists.User);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        var page = await plan.ReadAsync(reader, TaskItem.Read, context.RequestAborted);
        PageLinks.Write(context, page.Pagination);
        await context.Response.WriteAsJsonAsync(page, TaskItem.Json, context.RequestAborted);
    }
}
