using System.Net;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>Reading (GetObject).</summary>
internal sealed partial class S3ObjectStore
{
    public async Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(key);
        var range = options?.Range;
        if (range is { } wanted)
        {
            Ranges.Validate(wanted);
        }

        var request = new S3Request(HttpMethod.Get, key) { Range = range, Headers = [.. ConditionsOf(options)] };
        var opened = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
        return opened is null ? null : new(opened.Info, new ObjectBody(opened, this, connection), opened.Served);
    }

    /// <summary>Goes on with an object that was read up to <paramref name="position"/>; <see langword="null"/> when it is another by now.</summary>
    public async Task<OpenedObject?> ResumeAsync(ObjectInfo info, long position, long end, CancellationToken cancellationToken)
    {
        var range = new ByteRange(position, end - position);
        var request = new S3Request(HttpMethod.Get, info.Key) { Range = range, Headers = [.. ConditionsOf(new() { IfMatch = info.ETag })] };
        OpenedObject? opened;
        try
        {
            opened = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException)
        {
            return null;
        }

        // A server that ignores the condition is found out here.
        if (opened?.Info.ETag == info.ETag && opened.Info.Size == info.Size && opened.Served == range)
        {
            return opened;
        }

        opened?.Response.Dispose();
        return null;
    }

    private async Task<OpenedObject?> OpenAsync(S3Request request, CancellationToken cancellationToken) => await connection.RunAsync(
        "get",
        async timer =>
        {
            var response = await connection.SendAsync(request, timer, cancellationToken).ConfigureAwait(false);
            OpenedObject? opened = null;
            try
            {
                opened = await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false)
                    ? await OpenAsync(request, response, cancellationToken).ConfigureAwait(false)
                    : null;
                return opened;
            }
            finally
            {
                if (opened is null)
                {
                    response.Dispose();
                }
            }
        },
        cancellationToken).ConfigureAwait(false);

    private static async Task<OpenedObject> OpenAsync(S3Request request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = response.Content.Headers;
        var served = response.StatusCode == HttpStatusCode.PartialContent && headers.ContentRange is { From: { } from, To: { } to }
            ? new ByteRange(from, to - from + 1)
            : (ByteRange?)null;
        var size = served is null ? headers.ContentLength : headers.ContentRange!.Length;
        var info = ReadInfo(request.Key!, response, size);
        if (request.Range is { } wanted && served?.Offset != wanted.Offset)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The S3 server did not serve the range it was asked for.");
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return new(info, served, response, body);
    }

    private static IEnumerable<KeyValuePair<string, string>> ConditionsOf(GetOptions? options)
    {
        if (options?.IfMatch is { } wanted)
        {
            yield return new("if-match", $"\"{wanted}\"");
        }

        if (options?.IfNoneMatch is { } known)
        {
            yield return new("if-none-match", $"\"{known}\"");
        }
    }
}
