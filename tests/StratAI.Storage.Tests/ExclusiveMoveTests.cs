using StratAI.Storage.FileSystem;

namespace StratAI.Storage.Tests;

public sealed class ExclusiveMoveTests : IDisposable
{
    private const int Racers = 2;
    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-storage-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Of_two_threads_at_the_same_instant_one_gets_the_name()
    {
        var arrived = 0;
        var wins = new int[3000];

        await Task.WhenAll(Enumerable.Range(0, Racers).Select(racer => Task.Factory.StartNew(
            () =>
            {
                for (var round = 0; round < wins.Length; round++)
                {
                    var source = Path.Combine(_folder, $"{round}.{racer}");
                    File.WriteAllText(source, "");
                    Interlocked.Increment(ref arrived);
                    // Spinning, since a barrier would let them go one after the other.
                    SpinWait.SpinUntil(() => Volatile.Read(ref arrived) >= (round + 1) * Racers);
                    if (ExclusiveMove.TryMove(source, Path.Combine(_folder, $"{round}")))
                    {
                        Interlocked.Increment(ref wins[round]);
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.All(wins, won => Assert.Equal(1, won));
        Assert.Equal(wins.Length * Racers, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void A_missing_folder_is_told_apart_from_a_taken_name()
    {
        var source = Path.Combine(_folder, "a");
        File.WriteAllText(source, "");

        Assert.Throws<DirectoryNotFoundException>(() => ExclusiveMove.TryMove(source, Path.Combine(_folder, "no", "b")));
        Assert.False(ExclusiveMove.TryMove(source, source));
        Assert.True(File.Exists(source));
    }
}
