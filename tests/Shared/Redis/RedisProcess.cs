using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace StratAI.Testing.Redis;

/// <summary>A Redis server of a test's own, to be hung, killed and started again. It does not outlive the test run.</summary>
public sealed class RedisProcess : IAsyncDisposable
{
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private static readonly ConcurrentDictionary<RedisProcess, bool> Started = new();

    private readonly string[] _arguments;
    private Process? _process;

    static RedisProcess() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var server in Started.Keys)
            {
                server.Kill();
            }
        };

    private RedisProcess(int port, string folder, string[] arguments) => (Port, Folder, _arguments) = (port, folder, arguments);

    public int Port { get; }

    public string Endpoint => $"127.0.0.1:{Port}";

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Where it keeps its data; deleted with it.</summary>
    public string Folder { get; }

    /// <param name="arguments">Of <c>redis-server</c>; without any it forgets everything when it ends.</param>
    public static Task<RedisProcess> StartAsync(params string[] arguments) => StartAsync(_ => arguments);

    /// <param name="configuration">Its configuration file, which a sentinel rewrites.</param>
    public static Task<RedisProcess> StartSentinelAsync(string configuration) => StartAsync(folder =>
    {
        var file = Path.Combine(folder, "sentinel.conf");
        File.WriteAllText(file, configuration);
        return [file, "--sentinel"];
    });

    private static async Task<RedisProcess> StartAsync(Func<string, string[]> arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("stratai-redis-").FullName;
            var server = new RedisProcess(FreePort(), folder, arguments(folder));
            try
            {
                await server.LaunchAsync();
                return server;
            }
            catch (IOException) when (attempt < 5)
            {
                // Another process took the port between the question and the start.
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// A port nobody listens on, below those the system gives to outgoing connections: a client that keeps trying a dead server there
    /// could otherwise be given the very port it tries, and be connected to itself.
    /// </summary>
    public static int FreePort()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(12_000, 24_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
            }
            finally
            {
                listener.Dispose();
            }
        }

        throw new InvalidOperationException("No free port was found.");
    }

    /// <summary>It no longer runs, and its connections stay open (SIGSTOP).</summary>
    public void Stop() => Signal(SigStop);

    public void Continue() => Signal(SigCont);

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit(Deadline);
    }

    /// <summary>Kills it unless that was done, and starts it on the same port.</summary>
    public async Task RestartAsync(bool keepData = true)
    {
        Kill();
        if (!keepData)
        {
            Directory.Delete(Folder, recursive: true);
            Directory.CreateDirectory(Folder);
        }

        await LaunchAsync();
    }

    /// <summary>Runs one command and returns what <c>redis-cli</c> prints. An error answer is an exception.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli", ["-e", "-h", "127.0.0.1", "-p", $"{Port}", .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var client = Process.Start(start)!;
        var errors = client.StandardError.ReadToEndAsync();
        var answer = await client.StandardOutput.ReadToEndAsync().WaitAsync(Deadline);
        await client.WaitForExitAsync().WaitAsync(Deadline);
        return client.ExitCode == 0 ? answer.Trim() : throw new IOException($"{command[0]}: {answer} {await errors}");
    }

    /// <summary>The keys that would stay for ever.</summary>
    public async Task<string> KeysWithoutExpirationAsync() => await RunAsync(
        "EVAL", "local found = {} for _, key in ipairs(redis.call('KEYS', '*')) do if redis.call('PTTL', key) < 0 then found[#found + 1] = key end end return found", "0");

    public ValueTask DisposeAsync()
    {
        Kill();
        Started.TryRemove(this, out _);
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task LaunchAsync()
    {
        _process?.Dispose();
        string[] common = ["--bind", "127.0.0.1", "--port", $"{Port}", "--dir", Folder, "--save", "", "--logfile", "redis.log"];
        _process = Process.Start("redis-server", [.. _arguments, .. common]);
        Started[this] = true;
        await Eventually.TrueAsync(AnswersAsync, $"Redis answers on port {Port}");
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
        {
            throw new IOException($"Redis ended at once, with {_process.ExitCode}.");
        }

        try
        {
            // The answer must be this server's own: one that lost the race for the port would be told of by the winner.
            var information = await RunAsync("INFO");
            return information.Contains(string.Create(CultureInfo.InvariantCulture, $"process_id:{_process.Id}\r"), StringComparison.Ordinal)
                && !information.Contains("loading:1", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Signal(int signal)
    {
        if (kill(_process!.Id, signal) != 0)
        {
            throw new InvalidOperationException($"The signal {signal} could not be sent.");
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
}
