using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Contract;

/// <summary>Whom a call to an endpoint is aimed at.</summary>
public enum Audience
{
    /// <summary>At nobody's things: every user has their own behind the same address.</summary>
    Anybody,

    /// <summary>At what its owner alone can see.</summary>
    OwnerAlone,

    /// <summary>At what the members of a space see, and its viewers do not change.</summary>
    Members,
}

/// <summary>One endpoint of the API: a call of it that succeeds, and what holds of the answer.</summary>
/// <param name="Name">Its method and route.</param>
/// <param name="Path">What it is asked for.</param>
/// <param name="Body">The JSON it is sent; null where it takes none.</param>
public sealed record ApiEndpoint(string Name, Func<World, string> Path, Func<World, object>? Body = null)
{
    private static readonly UTF8Encoding Utf8 = new(false);

    /// <summary>The bytes of a document, where it takes a file.</summary>
    public string? File { get; init; }

    public string CacheControl { get; init; } = "private, no-cache";

    public Audience Audience { get; init; } = Audience.Anybody;

    /// <summary>Whether it takes an <c>Idempotency-Key</c>.</summary>
    public bool Creates { get; init; }

    /// <summary>Whether it answers with events as they come, or with something that is made anew each time.</summary>
    public bool IsNoResource { get; init; }

    /// <summary>What is read anew after it; of a creation the first is the list that has one more.</summary>
    public Func<World, string[]> SeenBy { get; init; } = _ => [];

    public HttpMethod Method => new(Name.Split(' ')[0]);

    public bool IsRead => Method == HttpMethod.Get;

    public JsonObject Json(World world) => System.Text.Json.JsonSerializer.SerializeToNode(Body!(world))!.AsObject();

    /// <summary>The call, or one whose body is not what it should be.</summary>
    public Task<Answer> SendAsync(ApiClient client, World world, params (string Name, string Value)[] headers) =>
        SendAsync(client, world, File is not null ? Form(File) : Body is null ? null : Raw(Json(world).ToJsonString()), headers);

    public Task<Answer> SendAsync(ApiClient client, World world, HttpContent? content, params (string Name, string Value)[] headers)
    {
        // A page is only changed by who has seen it.
        var known = Name == "PATCH /api/pages/{id:guid}" && !headers.Any(header => header.Name == "If-Match");
        return client.SendAsync(Method, Path(world), content, known ? [.. headers, ("If-Match", "*")] : headers);
    }

    public static ByteArrayContent Raw(string text, string type = "application/json") => Raw(Utf8.GetBytes(text), type);

    public static ByteArrayContent Raw(byte[] bytes, string type = "application/json")
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    public static MultipartFormDataContent Form(string text, string filename = "another.md", params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        form.Add(Raw(text, "text/markdown"), "file", filename);
        return form;
    }

    public override string ToString() => Name;
}
