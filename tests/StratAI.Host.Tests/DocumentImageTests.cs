using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;
using StratAI.Storage.Imaging;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class DocumentImageTests(HostFixture host)
{
    private const string Forever = "private, max-age=31536000, immutable";

    [Fact]
    public async Task An_image_comes_with_its_size_a_placeholder_and_a_srcset()
    {
        var user = await host.NewUserAsync();
        var created = await user.UploadAsync("photo.jpg", Pictures.Photograph(1000, 600), "image/jpeg");
        Assert.True(created.Status == 201, created.Text);

        var read = await user.GetAsync($"/api/documents/{created.Id}");
        var listed = (await user.GetAsync("/api/documents")).Body!["data"]![0]!;
        var version = created.Body!["sha256"]!.GetValue<string>();
        foreach (var body in new[] { created.Body, read.Body!, listed })
        {
            // It lies on its side in the file.
            Assert.Equal((600, 1000), (body["width"]!.GetValue<int>(), body["height"]!.GetValue<int>()));
            Assert.InRange(Convert.FromBase64String(body["placeholder"]!.GetValue<string>()).Length, 5, 25);
            var path = $"/api/documents/{created.Id}/image";
            Assert.Equal($"{path}?w=320&v={version} 320w, {path}?w=640&v={version} 600w", body["srcset"]!.GetValue<string>());
        }

        Assert.Equal(created.ETag, read.ETag);
        foreach (var candidate in created.Body["srcset"]!.GetValue<string>().Split(", "))
        {
            var (url, described) = (candidate.Split(' ')[0], candidate.Split(' ')[1]);
            var image = await user.GetAsync(url);
            Assert.Equal((200, Forever, "image/jpeg"), (image.Status, image.Headers["Cache-Control"], image.Headers["Content-Type"]));
            Assert.Equal(described, $"{Pictures.Look(image.Bytes).Width}w");
        }
    }

    [Fact]
    public async Task A_variant_has_the_format_asked_for_and_none_of_what_the_camera_wrote()
    {
        var user = await host.NewUserAsync();
        var photograph = Pictures.Photograph(1000, 600);
        Assert.Contains("exif-ifd3-GPSLatitude", Pictures.Look(photograph).Fields);
        var id = (await user.UploadAsync("photo.jpg", photograph)).Id;
        foreach (var format in new[] { "webp", "avif", "jpeg", "png" })
        {
            var image = await user.GetAsync($"/api/documents/{id}/image?w=320&format={format}");
            Assert.True(image.Status == 200, image.Text);
            Assert.Equal(($"image/{format}", "private, no-cache", "nosniff"), (image.Headers["Content-Type"], image.Headers["Cache-Control"], image.Headers["X-Content-Type-Options"]));
            Assert.Equal($"inline; filename=photo.{format}; filename*=UTF-8''photo.{format}", image.Headers["Content-Disposition"]);
            Assert.Equal("Authorization", image.Headers["Vary"]);
            var (width, height, fields) = Pictures.Look(image.Bytes);
            Assert.Equal((320, 533), (width, height));
            Assert.DoesNotContain(fields, field => field.StartsWith("exif", StringComparison.Ordinal) || field == "orientation");
            Assert.DoesNotContain("Lovelace", Encoding.Latin1.GetString(image.Bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_format_is_the_one_the_client_accepts_and_caches_are_told()
    {
        var user = await host.NewUserAsync();
        var id = (await user.UploadAsync("a.gif", Pictures.Gif(400, 300))).Id;
        var path = $"/api/documents/{id}/image?w=320";
        foreach (var (accept, expected) in new[] { ("image/avif,image/webp,image/*,*/*;q=0.8", "webp"), ("image/avif", "avif"), ("image/jpeg", "jpeg"), ("*/*", "png") })
        {
            var image = await user.GetAsync(path, ("Accept", accept));
            Assert.Equal((200, $"image/{expected}", "Authorization, Accept"), (image.Status, image.Headers["Content-Type"], image.Headers["Vary"]));

            var known = await user.GetAsync(path, ("Accept", accept), ("If-None-Match", image.ETag));
            Assert.Equal((304, 0, image.ETag, "Authorization, Accept"), (known.Status, known.Bytes.Length, known.ETag, known.Headers["Vary"]));
        }
    }

    [Fact]
    public async Task What_cannot_be_shown_is_refused()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var image = await user.UploadAsync("a.png", Pictures.Png(40, 30));
        var text = await user.UploadAsync("a.md", "# Garden"u8.ToArray());
        var path = $"/api/documents/{image.Id}/image";
        await Verifier.Verify(new
        {
            noWidth = scrubber.Show(await user.GetAsync(path)),
            otherWidth = scrubber.Show(await user.GetAsync($"{path}?w=321")),
            noNumber = scrubber.Show(await user.GetAsync($"{path}?w=wide")),
            otherFormat = scrubber.Show(await user.GetAsync($"{path}?w=320&format=gif")),
            unknown = scrubber.Show(await user.GetAsync($"/api/documents/{Guid.NewGuid()}/image?w=320")),
            text = scrubber.Show(await user.GetAsync($"/api/documents/{text.Id}/image?w=320")),
            truncated = scrubber.Show(await user.UploadAsync("half.png", Pictures.Png(40, 30)[..60])),
            mislabelled = scrubber.Show(await user.UploadAsync("a.gif", Pictures.Png(40, 30), "image/gif")),
            afterAll = (await user.GetAsync("/api/documents")).Body!["pagination"]!["total"]!.GetValue<int>(),
        });
    }

    [Fact]
    public async Task An_image_of_too_many_pixels_is_kept_as_it_is()
    {
        var user = await host.NewUserAsync();
        var bomb = Claiming(30_000, 20_000);
        var created = await user.UploadAsync("bomb.png", bomb, "image/png");

        Assert.True(created.Status == 201, created.Text);
        var body = created.Body!;
        Assert.Equal((30_000, 20_000, null, null), (body["width"]!.GetValue<int>(), body["height"]!.GetValue<int>(), body["placeholder"], body["srcset"]));
        Assert.Equal(bomb, (await user.GetAsync($"/api/documents/{created.Id}/content")).Bytes);
        var image = await user.GetAsync($"/api/documents/{created.Id}/image?w=320");
        Assert.Equal((422, "image-too-large", "no-store"), (image.Status, image.Code, image.Headers["Cache-Control"]));
    }

    [Fact]
    public async Task A_variant_is_made_once_over_all_instances()
    {
        var user = await host.NewUserAsync();
        var there = await host.Other.SignInAsync(user.User);
        var id = (await user.UploadAsync("a.png", Pictures.Png(1500, 1000))).Id;
        using var made = new MadeVariants(host.Host, host.Other);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? user : there).GetAsync($"/api/documents/{id}/image?w=1280&format=webp")));

        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Text));
        Assert.Single(answers.Select(answer => answer.ETag).Distinct());
        Assert.Equal(1, made.Count);
    }

    [Fact]
    public async Task Variants_go_with_their_original_and_so_does_one_that_was_stored_late()
    {
        var user = await host.NewUserAsync();
        var id = (await user.UploadAsync("a.png", Pictures.Png(400, 300))).Id;
        foreach (var query in new[] { "w=320&format=webp", "w=1920&format=jpeg" })
        {
            Assert.Equal(200, (await user.GetAsync($"/api/documents/{id}/image?{query}")).Status);
        }

        Assert.Equal(3, await CountAsync(id));
        Assert.Equal(204, (await user.DeleteAsync($"/api/documents/{id}")).Status);
        Assert.Equal(0, await CountAsync(id));

        // As by a request that was under way when the document was deleted.
        var objects = host.Host.Services.GetRequiredService<IObjectStore>();
        var late = host.Host.Services.GetRequiredService<ImageVariants>().KeysOf($"documents/{id:N}")[0];
        await objects.PutAsync(late, new MemoryStream([1]));
        await host.Host.Services.GetRequiredService<Database.AppDatabase>().ExecuteAsync(
            "UPDATE stored_objects SET due_at = @past, removed_at = @past WHERE object_key = @key", new { past = DateTimeOffset.UtcNow.AddHours(-1), key = $"documents/{id:N}" }, default);
        await host.Host.Services.GetRequiredService<ObjectLedger>().SweepAsync(default);
        Assert.Equal(0, await CountAsync(id));
    }

    [Fact]
    public async Task When_too_many_wait_the_next_is_told_when_to_come_back()
    {
        HeldStore? held = null;
        await using var busy = new HostInstance(
            host.SettingsApart(("Images:Concurrency", "1"), ("Images:QueueLimit", "0")),
            builder => builder.ConfigureTestServices(services =>
            {
                var store = services.Last(service => service.ServiceType == typeof(IObjectStore));
                services.AddSingleton(provider =>
                {
                    (var holding, held) = HeldStore.Over((IObjectStore)store.ImplementationFactory!(provider));
                    return holding;
                });
            }));
        var user = await busy.SignInAsync("busy");
        var id = (await user.UploadAsync("a.png", Pictures.Png(400, 300))).Id;

        var first = user.GetAsync($"/api/documents/{id}/image?w=320&format=png");
        await held!.Asked;
        var second = await user.GetAsync($"/api/documents/{id}/image?w=640&format=png");
        var upload = await user.UploadAsync("b.png", Pictures.Png(400, 300));
        held.Go();

        Assert.Equal((503, "images-busy", "2"), (second.Status, second.Code, second.Headers["Retry-After"]));
        Assert.Equal((503, "images-busy"), (upload.Status, upload.Code));
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await user.GetAsync($"/api/documents/{id}/image?w=640&format=png")).Status);
    }

    [Fact]
    public async Task Without_libvips_documents_work_and_images_say_so()
    {
        await using var without = new HostInstance(host.SettingsApart(("Images:Enabled", "false")));
        var user = await without.SignInAsync("without");
        var created = await user.UploadAsync("a.png", Pictures.Png(400, 300), "image/png");

        Assert.True(created.Status == 201, created.Text);
        Assert.Equal(("image", null, null, null), (created.Body!["kind"]!.GetValue<string>(), created.Body["width"], created.Body["placeholder"], created.Body["srcset"]));
        Assert.Equal(Pictures.Png(400, 300), (await user.GetAsync($"/api/documents/{created.Id}/content")).Bytes);
        var image = await user.GetAsync($"/api/documents/{created.Id}/image?w=320");
        Assert.Equal((503, "images-unavailable"), (image.Status, image.Code));
        Assert.True(int.Parse(image.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    private async Task<int> CountAsync(Guid id)
    {
        var (objects, count) = (host.Host.Services.GetRequiredService<IObjectStore>(), 0);
        foreach (var prefix in new[] { "documents/", "variants/documents/" })
        {
            await foreach (var _ in objects.ListAsync($"{prefix}{id:N}"))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>A PNG whose header claims a size that its few bytes of pixels do not have.</summary>
    private static byte[] Claiming(int width, int height)
    {
        var png = Pictures.Png(4, 4);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        var crc = uint.MaxValue;
        foreach (var value in png.AsSpan(12, 17))
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), ~crc);
        return png;
    }

    /// <summary>How many variants these instances have computed.</summary>
    private sealed class MadeVariants : IDisposable
    {
        private readonly MeterListener _listener = new();
        private int _count;

        public MadeVariants(params HostInstance[] instances)
        {
            var scopes = instances.Select(instance => instance.Services.GetRequiredService<IMeterFactory>()).ToHashSet();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == ImagingDiagnostics.Duration && instrument.Meter.Scope is IMeterFactory scope && scopes.Contains(scope))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
            {
                if (tags.ToArray().Contains(new("operation", "variant")))
                {
                    Interlocked.Increment(ref _count);
                }
            });
            _listener.Start();
        }

        public int Count => Volatile.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : DocumentImageTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : DocumentImageTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : DocumentImageTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : DocumentImageTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : DocumentImageTests(host);
}
