using System.Text;

namespace StratAI.Storage.Doctor;

/// <summary>A signed form with a file, as a client sends it.</summary>
internal static class PostForm
{
    public static MultipartFormDataContent Create(SignedForm signed, string text)
    {
        // Some servers read the boundary and the names only as browsers write them.
        var boundary = $"stratai{Guid.NewGuid():N}";
        var form = new MultipartFormDataContent(boundary);
        form.Headers.Remove("Content-Type");
        form.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={boundary}");
        foreach (var (field, value) in signed.Fields)
        {
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(value)), $"\"{field}\"");
        }

        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "\"file\"", "\"file\"");
        return form;
    }
}
