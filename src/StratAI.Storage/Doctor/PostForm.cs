using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace StratAI.Storage.Doctor;

/// <summary>A form that posts one object, under a policy that bounds its length ("Browser-Based Uploads Using POST", Signature Version 4).</summary>
internal static class PostForm
{
    public static MultipartFormDataContent Create(Patient patient, string name, string text, int maximum)
    {
        var now = patient.Time.GetUtcNow().UtcDateTime;
        var timestamp = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Dictionary<string, string> fields = new()
        {
            ["key"] = patient.Key(name),
            ["x-amz-algorithm"] = "AWS4-HMAC-SHA256",
            ["x-amz-credential"] = patient.Signature.CredentialAt(timestamp),
            ["x-amz-date"] = timestamp,
        };
        var conditions = new JsonArray(new JsonObject { ["bucket"] = patient.Signature.PathOf(null)[1..] }, new JsonArray("content-length-range", 1, maximum));
        foreach (var (field, value) in fields)
        {
            conditions.Add((JsonNode)new JsonObject { [field] = value });
        }

        var policy = new JsonObject
        {
            ["expiration"] = now.AddMinutes(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["conditions"] = conditions,
        };
        fields["policy"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(policy.ToJsonString()));
        fields["x-amz-signature"] = patient.Signature.SignPolicy(timestamp, fields["policy"]);

        // Some servers read the boundary and the names only as browsers write them.
        var boundary = $"stratai{Guid.NewGuid():N}";
        var form = new MultipartFormDataContent(boundary);
        form.Headers.Remove("Content-Type");
        form.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={boundary}");
        foreach (var (field, value) in fields)
        {
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(value)), $"\"{field}\"");
        }

        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "\"file\"", "\"file\"");
        return form;
    }
}
