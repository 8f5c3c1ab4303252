using StratAI.Host.Database;
using StratAI.Host.Hosting;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>The command <c>generate-images</c>: documents as they were before the object store, for trying the migration.</summary>
internal static class GenerateImages
{
    private const int Batch = 50;

    public static readonly Command Command = new(
        "generate-images",
        "Makes documents of the user 'generated' with base64 in the database, as they were before the object store.",
        [
            new("rows", "How many.", 10_000),
            new("broken", "Percent of them that are broken in one way or another.", 5, 0),
            new("seed", "The same number makes the same images.", 1, 0),
        ],
        RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, CommandArguments arguments, CancellationToken cancellation)
    {
        var (database, time) = (services.GetRequiredService<AppDatabase>(), services.GetRequiredService<TimeProvider>());
        var generator = new ImageGenerator((int)(arguments.Number("seed") & int.MaxValue), (int)Math.Min(100, arguments.Number("broken")));
        var broken = new SortedDictionary<string, int>();
        for (long made = 0; made < arguments.Number("rows"); made += Batch)
        {
            var count = (int)Math.Min(Batch, arguments.Number("rows") - made);
            await database.WriteAsync(
                async work =>
                {
                    for (var index = 0; index < count; index++)
                    {
                        var image = generator.Next();
                        await InsertAsync(work, image, made + index, time);
                        if (image.Fault is not null)
                        {
                            broken[image.Fault] = broken.GetValueOrDefault(image.Fault) + 1;
                        }
                    }

                    return count;
                },
                cancellation);
        }

        Console.WriteLine($"Made {arguments.Number("rows")} documents, {broken.Values.Sum()} of them broken: {string.Join(", ", broken.Select(pair => $"{pair.Key} {pair.Value}"))}.");
        return 0;
    }

    private static Task<int> InsertAsync(UnitOfWork work, GeneratedImage image, long number, TimeProvider time) => work.ExecuteAsync(
        """
        INSERT INTO documents (id, user_id, filename, content_type, size, sha256, kind, content_base64, created_at, updated_at)
        VALUES (@id, 'generated', @filename, @ContentType, @size, '', 'image', @Text, @now, @now)
        """,
        new
        {
            id = time.NewId(), filename = $"image-{number:000000}.{image.ContentType.Split('/')[1]}", image.ContentType, size = (long)image.Text.Length * 3 / 4, image.Text,
            now = time.Now(),
        });
}
