using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Host.Http;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Host.Tests.Objects;
using Waiting = StratAI.Testing.Redis.Eventually;

namespace StratAI.Host.Tests.Contract;

/// <summary>Who holds an <c>Idempotency-Key</c> while a request runs long, fails late, or dies.</summary>
public abstract class IdempotencyLeaseTests(HostFixture host)
{
    private const string Running = "SELECT count(*) FROM idempotency_keys WHERE state = 'running'";

    [Fact]
    public async Task An_upload_of_minutes_keeps_its_key_until_it_ends()
    {
        var clock = new RenewalClock();
        await using var deployment = await ObjectDeployment.CreateAsync(host, builder => builder.ConfigureTestServices(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock))));
        var user = await deployment.Host.SignInAsync("ada");
        using var upload = await RawUpload.BeginAsync(deployment.Host.Address, user, "Idempotency-Key: slow\r\nTransfer-Encoding: chunked");
        await upload.SendChunkAsync(RawUpload.FilePart + "one");
        await Waiting.TrueAsync(async () => await deployment.Database.FindAsync<int>(Running, new { }, default) == 1, "the key is claimed");
        await clock.Begun.WaitAsync(TimeSpan.FromSeconds(30));

        for (var minutes = 0; minutes < 2; minutes++)
        {
            // A third of the lease at a time, as the clock goes on only when the renewal is through.
            for (var third = 0; third < 3; third++)
            {
                clock.Advance(IdempotencyStore.Lease / 3);
                await Waiting.TrueAsync(
                    async () => await deployment.Database.FindAsync<DateTimeOffset>("SELECT locked_until FROM idempotency_keys", new { }, default) > clock.GetUtcNow() + (IdempotencyStore.Lease * 0.9),
                    "the lease is renewed");
            }

            Assert.Equal("idempotency-in-progress", (await SendAsync("two")).Code);
        }

        await upload.SendChunkAsync("\r\n--b--\r\n");
        await upload.SendChunkAsync("");
        Assert.StartsWith("HTTP/1.1 201", await upload.ReadAnswerAsync("\"updatedAt\""), StringComparison.Ordinal);
        Assert.Equal("true", (await SendAsync("one")).Headers.GetValueOrDefault("Idempotency-Replayed"));
        Assert.Equal("idempotency-mismatch", (await SendAsync("two")).Code);

        Task<Answer> SendAsync(string text)
        {
            var form = new MultipartFormDataContent { { new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text)), "file", "a.txt" } };
            return user.SendAsync(HttpMethod.Post, "/api/documents", form, ("Idempotency-Key", "slow"));
        }
    }

    /// <summary>Tells when renewing has begun: of time that passes before, its timer knows nothing.</summary>
    private sealed class RenewalClock() : FakeTimeProvider(DateTimeOffset.UtcNow)
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (period == IdempotencyStore.Lease / 3)
            {
                _begun.TrySetResult();
            }

            return timer;
        }
    }

    [Fact]
    public async Task Who_has_lost_the_key_to_another_request_changes_nothing()
    {
        var store = host.Host.Services.GetRequiredService<IdempotencyStore>();
        var database = host.Host.Services.GetRequiredService<AppDatabase>();
        var user = (await host.NewUserAsync()).User;
        var answer = StoredAnswer.Of("f", 201, [], [1, 2]);
        var (paused, _) = await store.ClaimAsync(user, "k", "f", default);
        await ExpireAsync(database, user);
        var (second, _) = await store.ClaimAsync(user, "k", "f", default);

        Assert.NotNull(paused);
        Assert.NotNull(second);
        Assert.False(await database.WriteAsync(work => IdempotencyStore.AnswerAsync(work, paused, answer), default));
        await store.TryReleaseAsync(paused);
        Assert.Equal((null, null), await store.ClaimAsync(user, "k", "f", default));

        Assert.True(await database.WriteAsync(work => IdempotencyStore.AnswerAsync(work, second, answer), default));
        // What failed after its change was stored has changed something.
        await store.TryReleaseAsync(second);
        await ExpireAsync(database, user);
        var (third, known) = await store.ClaimAsync(user, "k", "f", default);
        Assert.Null(third);
        Assert.Equal((201, "f", 2), (known!.Status, known.Fingerprint, known.Body.Length));
    }

    private static Task<int> ExpireAsync(AppDatabase database, string user) => database.ExecuteAsync(
        "UPDATE idempotency_keys SET locked_until = @past WHERE user_id = @user", new { past = DateTimeOffset.UtcNow.ToMicroseconds().AddSeconds(-1), user }, default);

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : IdempotencyLeaseTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : IdempotencyLeaseTests(host)
    {
        private readonly DistributedHost _host = host;

        [Fact]
        public async Task Killed_between_the_change_and_its_answer_nothing_is_left_and_nothing_doubled()
        {
            await using var deployment = await ObjectDeployment.CreateAsync(_host);
            await using var process = new HostProcess([.. deployment.Settings.Select(setting => (setting.Key, setting.Value))]);
            await process.WaitUntilReadyAsync();
            using var http = new HttpClient { BaseAddress = process.Address };
            http.DefaultRequestHeaders.Authorization = new("Bearer", await ApiClient.TokenAsync(http, "ada"));
            var key = ("Idempotency-Key", "k");

            // Whoever inserts a task waits, then whoever answers the key.
            await using var database = NpgsqlDataSource.Create(deployment.Settings["ConnectionStrings:Postgres"]);
            await using var tasks = await database.OpenConnectionAsync();
            await using var locked = await BeginAsync(tasks, "LOCK TABLE tasks IN EXCLUSIVE MODE");
            var creating = Record.ExceptionAsync(() => new ApiClient(http, "ada").PostAsync("/api/tasks", new { title = "Once" }, key));
            await Waiting.TrueAsync(async () => await WaitersAsync() == 1, "the task waits to be made");
            await using var keys = await database.OpenConnectionAsync();
            await using var held = await BeginAsync(keys, "SELECT 1 FROM idempotency_keys FOR UPDATE");
            await locked.CommitAsync();
            await Waiting.TrueAsync(async () => await WaitersAsync("tuple", "transactionid") == 1, "the answer waits to be stored");

            process.Kill();
            Assert.IsType<HttpRequestException>(await creating);
            await process.WaitForExitAsync();
            await held.CommitAsync();

            var user = await deployment.Host.SignInAsync("ada");
            Assert.Equal("idempotency-in-progress", (await user.PostAsync("/api/tasks", new { title = "Once" }, key)).Code);
            await Waiting.TrueAsync(async () => await WaitersAsync() == 0, "the dead instance's transaction has ended");
            await ExpireAsync(deployment.Database, "ada");
            Assert.Equal(201, (await user.PostAsync("/api/tasks", new { title = "Once" }, key)).Status);
            Assert.Equal(1, (await user.GetAsync("/api/tasks")).Body!["pagination"]!["total"]!.GetValue<int>());

            static async Task<DbTransaction> BeginAsync(NpgsqlConnection connection, string sql)
            {
                var transaction = await connection.BeginTransactionAsync();
                await connection.ExecuteAsync(sql, transaction: transaction);
                return transaction;
            }

            async Task<int> WaitersAsync(params string[] kinds)
            {
                await using var watching = await database.OpenConnectionAsync();
                return await watching.QuerySingleAsync<int>(
                    """
                    SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
                    WHERE NOT granted AND datname = current_database() AND (@any OR locktype = ANY(@kinds))
                    """,
                    new { any = kinds.Length == 0, kinds });
            }
        }
    }
}
