using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Faults;

/// <summary>Everything a store is asked, and everything that is done to a request.</summary>
internal static class FaultTable
{
    public const string Existing = "existing";
    public const string Written = "written";
    public const string Empty = "empty";

    public static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 % 251))];

    public static readonly Dictionary<string, Func<IObjectStore, string, CancellationToken, Task>> Operations = new()
    {
        ["put"] = (store, prefix, token) => store.PutAsync(prefix + Written, new MemoryStream(Content), null, token),
        ["put of a stream"] = (store, prefix, token) => store.PutAsync(prefix + Written, new SourceStream(Content), new() { Length = Content.Length }, token),
        ["put of unknown length"] = (store, prefix, token) => store.PutAsync(prefix + Written, new SourceStream(Content), null, token),
        ["put if absent"] = (store, prefix, token) => store.PutAsync(prefix + Written, new MemoryStream(Content), new() { OnlyIfAbsent = true }, token),
        ["put of nothing if absent"] = (store, prefix, token) => store.PutAsync(prefix + Empty, Stream.Null, new() { OnlyIfAbsent = true }, token),
        ["get"] = async (store, prefix, token) =>
        {
            await using var content = await store.GetAsync(prefix + Existing, null, token);
            Assert.Equal(Content, await content!.Stream.ReadToEndAsync());
        },
        ["get of a range"] = async (store, prefix, token) =>
        {
            await using var content = await store.GetAsync(prefix + Existing, new() { Range = new(1000, 200_000) }, token);
            Assert.Equal(Content[1000..201_000], await content!.Stream.ReadToEndAsync());
        },
        ["stat"] = async (store, prefix, token) => Assert.NotNull(await store.StatAsync(prefix + Existing, token)),
        ["delete"] = (store, prefix, token) => store.DeleteAsync(prefix + "doomed", token),
        ["delete many"] = async (store, prefix, token) => Assert.Empty(await store.DeleteManyAsync([prefix + "doomed", prefix + "no"], token)),
        ["copy"] = async (store, prefix, token) => Assert.NotNull(await store.CopyAsync(prefix + Existing, prefix + Written, null, token)),
        ["list"] = async (store, prefix, token) => Assert.NotEmpty(await store.ListAsync(prefix + Existing, null, token).ToListAsync()),
    };

    public static readonly Dictionary<string, Fault> Faults = new()
    {
        ["reset in the request's head"] = new Fault.ResetInRequestHead(),
        ["reset in the request's body"] = new Fault.ResetInRequestBody(),
        ["reset late in the request's body"] = new Fault.ResetInRequestBody(200_000),
        ["reset in the answer's head"] = new Fault.ResetInAnswerHead(),
        ["reset in the answer's body"] = new Fault.ResetInAnswerBody(10),
        ["500"] = Answer("500 Internal Server Error", "<Error><Code>InternalError</Code></Error>"),
        ["502 with a page"] = Answer("502 Bad Gateway", "<html><body>Bad gateway<hr></body></html>"),
        ["503"] = Answer("503 Service Unavailable", "<Error><Code>SlowDown</Code></Error>"),
        ["503 before the body"] = Answer("503 Service Unavailable", "<Error><Code>SlowDown</Code></Error>") with { Early = true },
        ["504"] = Answer("504 Gateway Timeout", ""),
        ["request timeout"] = Answer("400 Bad Request", "<Error><Code>RequestTimeout</Code></Error>"),
        ["a page"] = Answer("200 OK", "<html><body>Welcome</body></html>"),
        ["nothing"] = new Fault.Answer(""),
        ["no HTTP"] = new Fault.Answer("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        ["half an XML"] = Answer("200 OK", "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a"),
        ["less than its length"] = new Fault.Answer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<ListBucketResult>"),
        ["broken chunks"] = new Fault.Answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnonsense\r\n0\r\n\r\n"),
    };

    /// <summary>What cannot show in an operation's answer, as there is nothing of it there.</summary>
    public static bool Applies(string operation, string fault) => fault switch
    {
        "reset in the answer's body" => operation is "get" or "get of a range" or "list",
        // Its answers have no body, so no code.
        "request timeout" => operation != "stat",
        _ => true,
    };

    /// <summary>Whether the operation may be made again once the server may have got it.</summary>
    public static bool IsRepeatable(string operation) => operation is not ("put of a stream" or "put if absent" or "put of nothing if absent");

    /// <summary>The number of requests that an operation makes.</summary>
    public static int RequestsOf(string operation) => operation == "copy" ? 2 : 1;

    /// <summary>Of a copy it is not the look at the source that is spoiled.</summary>
    public static void PassAllButLast(FaultProxy proxy, string operation)
    {
        for (var passed = 1; passed < RequestsOf(operation); passed++)
        {
            proxy.Faults.Enqueue(new Fault.None());
        }
    }

    /// <remarks>It says that the connection ends: one that does so without a word may be taken for the next request, which then fails of that.</remarks>
    public static Fault.Answer Answer(string status, string body, string headers = "") =>
        new($"HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
