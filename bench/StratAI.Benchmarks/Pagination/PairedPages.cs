using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

/// <summary>What a page costs behind 900,000 rows over the first one, and through the package over by hand, each pair in turns.</summary>
internal static class PairedPages
{
    private const int Depth = 900_000;

    public static async Task RunAsync()
    {
        await using var table = await TaskTable.CreateAsync();
        Console.WriteLine("| in turns | baseline | compared | ratio |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var prepared in new[] { false, true })
        {
            await using var source = table.Open(prepared);
            var pages = new PackagePages(source);
            var statements = prepared ? "prepared" : "not prepared";
            foreach (var sort in new[] { "-createdAt", "-priority,createdAt", "dueDate", "-dueDate" })
            {
                var cursor = await pages.CursorAtAsync(sort, sort == "dueDate" ? Depth / 2 : Depth);
                await Paired.CompareAsync(
                    $"`{sort}`, {statements}: deep over first",
                    () => pages.WriteAsync(new PageRequest { Sort = sort }),
                    () => pages.WriteAsync(new PageRequest { Sort = sort, Cursor = cursor }));
            }

            var hand = await HandPages.CreateAsync(source, pages, Depth);
            var same = await pages.CursorAtAsync("-createdAt", Depth);
            await Paired.CompareAsync(
                $"`-createdAt`, {statements}: package over by hand", hand.WriteAsync, () => pages.WriteAsync(new PageRequest { Cursor = same }));
        }
    }
}
