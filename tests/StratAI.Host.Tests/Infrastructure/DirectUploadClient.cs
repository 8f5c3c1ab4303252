using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A client that sends files to where the host tells it to, and knows no more of it than the answer says.</summary>
public static class DirectUploadClient
{
    public static Task<Answer> BeginUploadAsync(this ApiClient user, string filename, string contentType, byte[] bytes, params (string Name, object Value)[] more)
    {
        var body = new JsonObject { ["filename"] = filename, ["contentType"] = contentType, ["size"] = bytes.Length };
        foreach (var (name, value) in more)
        {
            body[name] = JsonValue.Create(value.ToString());
        }

        return user.PostAsync("/api/documents/uploads", body);
    }

    public static Guid UploadId(this Answer begun) => begun.Body!["uploadId"]!.GetValue<Guid>();

    public static Task<Answer> CompleteUploadAsync(this ApiClient user, Answer begun) => user.PostAsync($"{begun.Headers["Location"]}/complete", new { });

    /// <summary>Sends the bytes as the answer says, without a token, and returns the status.</summary>
    public static async Task<int> SendBytesAsync(this ApiClient user, Answer begun, byte[] bytes)
    {
        var upload = begun.Body!.AsObject();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(new(upload["method"]!.GetValue<string>()), new Uri(user.Http.BaseAddress!, upload["url"]!.GetValue<string>()))
        {
            Content = upload["fields"] is JsonObject fields ? Form(fields, bytes) : new ByteArrayContent(bytes),
        };
        if (upload["headers"] is JsonObject headers)
        {
            // The length is said by the client itself, as a browser would.
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(headers["Content-Type"]!.GetValue<string>());
        }

        using var response = await http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static MultipartFormDataContent Form(JsonObject fields, byte[] bytes)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            var field = new StringContent(value!.GetValue<string>());
            field.Headers.ContentType = null;
            form.Add(field, $"\"{name}\"");
        }

        form.Add(new ByteArrayContent(bytes), "\"file\"", "\"file\"");
        return form;
    }
}
