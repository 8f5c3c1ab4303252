using System.Globalization;

namespace StratAI.Storage.Imaging;

/// <summary>The value of an HTML <c>srcset</c>.</summary>
public static class Srcset
{
    /// <summary>
    /// Names the widths that make sense for an original: all below its own, and the first that shows it whole, described by the width it really
    /// has.
    /// </summary>
    /// <param name="widths">The widths there are, ascending.</param>
    /// <param name="originalWidth">The original's width in pixels, at least 1.</param>
    /// <param name="url">The URL of one of <paramref name="widths"/>, without white space and not ending with a comma.</param>
    /// <returns>Such as <c>/a?w=320 320w, /a?w=640 500w</c>.</returns>
    public static string Format(IReadOnlyList<int> widths, int originalWidth, Func<int, string> url)
    {
        ArgumentNullException.ThrowIfNull(widths);
        ArgumentOutOfRangeException.ThrowIfLessThan(originalWidth, 1);
        ArgumentNullException.ThrowIfNull(url);
        var named = widths.Where((width, index) => width < originalWidth || index == 0 || widths[index - 1] < originalWidth);
        return string.Join(
            ", ", named.Select(width => string.Create(CultureInfo.InvariantCulture, $"{url(width)} {Math.Min(width, originalWidth)}w")));
    }
}
