using System.Diagnostics;
using System.Globalization;

namespace StratAI.Testing.Processes;

/// <summary>A program of the tests in a process of its own. It dies with this object, and with the test's process as its standard input then ends.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <param name="project">The program's project, which is built with the tests, for the same configuration and framework.</param>
    /// <param name="arguments">Of the program.</param>
    /// <param name="heard">Called with each line that it says, one after another.</param>
    public ChildProcess(string project, IEnumerable<string> arguments, Action<string> heard)
    {
        var tests = typeof(ChildProcess).Assembly.GetName().Name!;
        var program = Path.Combine(AppContext.BaseDirectory.Replace(tests, project, StringComparison.Ordinal), $"{project}.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
        Ended = ReadAsync(heard);
    }

    public int Id => _process.Id;

    /// <summary>Completes when the process has ended, or closed its output, and everything that it said was heard.</summary>
    public Task Ended { get; }

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>SIGKILL. What it had said by then is heard all the same.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await Ended;
    }

    /// <summary>KILL, STOP or CONT.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        var errors = await _errors;
        _process.Dispose();
        Assert.Equal("", errors);
    }

    private async Task ReadAsync(Action<string> heard)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            heard(line);
        }
    }
}
