using System.Globalization;
using System.Net;
using System.Xml;

namespace StratAI.Storage.S3;

/// <summary>The documents of the protocol. Servers differ in namespaces and in the order of elements, so only local names count.</summary>
internal static class S3Xml
{
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>A thousand keys of 1,024 bytes, each escaped, with what stands around them.</summary>
    private const long MaximumBytes = 16 * 1024 * 1024;

    /// <summary>Takes an answer in, so that parsing waits for no network, and reads it.</summary>
    public static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, string root, Func<XmlReader, Task<T>> read, StallTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaximumBytes, timer.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            // Other tools may have stored keys with characters that XML 1.0 does not allow, even escaped.
            using var xml = XmlReader.Create(
                body, new() { Async = true, DtdProcessing = DtdProcessing.Prohibit, CheckCharacters = false });
            await xml.MoveToContentAsync().ConfigureAwait(false);
            // A page of a proxy, well-formed by chance, must not pass for an empty listing.
            return xml.LocalName == root || xml.LocalName == "Error" && root == "CopyObjectResult"
                ? await read(xml).ConfigureAwait(false)
                : throw new XmlException("Not the document that was asked for.");
        }
        catch (Exception exception) when (exception is XmlException or FormatException or OverflowException)
        {
            throw S3Errors.Unreadable(exception);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (S3Errors.FromTransport(exception, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    public static byte[] WriteDelete(IEnumerable<string> keys)
    {
        using var body = new MemoryStream();
        using (var xml = XmlWriter.Create(body))
        {
            xml.WriteStartElement("Delete", Namespace);
            xml.WriteElementString("Quiet", Namespace, "true");
            foreach (var key in keys)
            {
                xml.WriteStartElement("Object", Namespace);
                xml.WriteElementString("Key", Namespace, key);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return body.ToArray();
    }

    public static async Task<List<DeleteFailure>> ReadDeleteFailuresAsync(XmlReader xml)
    {
        var failures = new List<DeleteFailure>();
        await foreach (var error in ElementsAsync(xml, "Error").ConfigureAwait(false))
        {
            failures.Add(new(error.GetValueOrDefault("Key", ""), error.GetValueOrDefault("Code") == "AccessDenied" ? ObjectStoreFailure.Denied : ObjectStoreFailure.Unavailable));
        }

        return failures;
    }

    public static async Task<(List<ObjectInfo> Items, bool More)> ReadListingAsync(XmlReader xml)
    {
        var items = new List<ObjectInfo>();
        var more = false;
        await foreach (var element in ElementsAsync(xml, "Contents", "IsTruncated").ConfigureAwait(false))
        {
            if (element.TryGetValue("IsTruncated", out var truncated))
            {
                more = XmlConvert.ToBoolean(truncated);
                continue;
            }

            items.Add(new()
            {
                Key = Required(element, "Key"),
                Size = long.Parse(Required(element, "Size"), NumberStyles.None, CultureInfo.InvariantCulture),
                ETag = Required(element, "ETag").Trim('"'),
                LastModified = TimeOf(element),
            });
        }

        return (items, more);
    }

    /// <summary>What a copy answers. It may fail after its 200: the server sends that while it is still at work.</summary>
    public static async Task<(string ETag, DateTimeOffset LastModified)> ReadCopyAsync(XmlReader xml)
    {
        await foreach (var element in ElementsAsync(xml, "CopyObjectResult", "Error").ConfigureAwait(false))
        {
            return element.TryGetValue("Code", out var code)
                ? throw S3Errors.FromAnswer(HttpStatusCode.OK, code)
                : (Required(element, "ETag").Trim('"'), TimeOf(element));
        }

        throw new XmlException("Neither a result nor an error.");
    }

    /// <summary>The elements of some names, wherever they are: of each its children's texts, or, where it has none, its own.</summary>
    private static async IAsyncEnumerable<Dictionary<string, string>> ElementsAsync(XmlReader xml, params string[] names)
    {
        await xml.MoveToContentAsync().ConfigureAwait(false);
        while (!xml.EOF)
        {
            if (xml.NodeType != XmlNodeType.Element || !names.Contains(xml.LocalName))
            {
                await xml.ReadAsync().ConfigureAwait(false);
                continue;
            }

            var name = xml.LocalName;
            var children = new Dictionary<string, string>();
            using var element = xml.ReadSubtree();
            await element.MoveToContentAsync().ConfigureAwait(false);
            await element.ReadAsync().ConfigureAwait(false);
            while (!element.EOF)
            {
                if (element.NodeType == XmlNodeType.Text)
                {
                    children[name] = await element.GetValueAsync().ConfigureAwait(false);
                }

                if (element.NodeType != XmlNodeType.Element)
                {
                    await element.ReadAsync().ConfigureAwait(false);
                }
                else if (element.LocalName is "Key" or "Size" or "ETag" or "LastModified" or "Code")
                {
                    children[element.LocalName] = await element.ReadElementContentAsStringAsync().ConfigureAwait(false);
                }
                else
                {
                    // Others have elements of their own.
                    await element.SkipAsync().ConfigureAwait(false);
                }
            }

            yield return children;
        }
    }

    private static string Required(Dictionary<string, string> element, string name) =>
        element.TryGetValue(name, out var value) ? value : throw new XmlException($"{name} is missing.");

    private static DateTimeOffset TimeOf(Dictionary<string, string> element) =>
        DateTimeOffset.Parse(Required(element, "LastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
