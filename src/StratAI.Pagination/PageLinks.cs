using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace StratAI.Pagination;

/// <summary>The <c>Link</c> header of a list (RFC 8288).</summary>
public static class PageLinks
{
    /// <summary>
    /// Adds links with the relations <c>first</c>, and <c>next</c> and <c>prev</c> where there are such pages. They stay in the client's
    /// mode and keep its other query parameters. They are path-absolute references (RFC 3986, section 4.2), right whatever name and scheme
    /// a proxy is reached by.
    /// </summary>
    /// <param name="context">The request that asked for the page, and its response, not yet started.</param>
    /// <param name="page">The page that is answered.</param>
    public static void Write(HttpContext context, PageInfo page)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(page);
        var links = new List<string>(capacity: 3) { Link(context.Request, "first", null, null) };
        if (page.Offset is { } offset)
        {
            if (page.HasMore)
            {
                links.Add(Link(context.Request, "next", "offset", Number((long)offset + page.Limit)));
            }

            if (offset > 0)
            {
                links.Add(Link(context.Request, "prev", "offset", Number(Math.Max(0, offset - page.Limit))));
            }
        }
        else
        {
            if (page.NextCursor is { } next)
            {
                links.Add(Link(context.Request, "next", "cursor", next));
            }

            if (page.PrevCursor is { } previous)
            {
                links.Add(Link(context.Request, "prev", "cursor", previous));
            }
        }

        context.Response.Headers.Append("Link", string.Join(", ", links));
    }

    private static string Link(HttpRequest request, string relation, string? name, string? value)
    {
        var query = request.Query
            .Where(parameter => !IsPosition(parameter.Key))
            .SelectMany(parameter => parameter.Value, (parameter, each) => Pair(parameter.Key, each))
            .Concat(name is null ? [] : [Pair(name, value)]);
        var reference = request.PathBase.Add(request.Path).ToUriComponent() + (query.Any() ? "?" : "") + string.Join('&', query);
        return $"<{reference}>; rel=\"{relation}\"";
    }

    // Everything but letters, digits and -._~ is percent-encoded: nothing can end the reference, and clients that split the header at
    // commas still read it.
    private static string Pair(string name, string? value) => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value ?? "")}";

    private static bool IsPosition(string parameter) =>
        parameter.Equals("offset", StringComparison.OrdinalIgnoreCase) || parameter.Equals("cursor", StringComparison.OrdinalIgnoreCase);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
