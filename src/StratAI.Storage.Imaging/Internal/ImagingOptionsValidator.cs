using Microsoft.Extensions.Options;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>Names every property that is wrong, and its value.</summary>
internal sealed class ImagingOptionsValidator : IValidateOptions<ImagingOptions>
{
    private const int MaximumWidth = 8192;

    public ValidateOptionsResult Validate(string? name, ImagingOptions options)
    {
        List<string> errors =
        [
            .. Outside(options.Widths ?? [], 1, MaximumWidth, nameof(options.Widths)),
            .. (options.Formats ?? []).Where(format => !Enum.IsDefined(format)).Select(format => $"ImagingOptions.Formats names '{format}': there is no such format."),
            .. Outside([options.MaximumPixels], 1, 1L << 28, nameof(options.MaximumPixels)),
            .. Outside([options.MaximumFrames], 1, int.MaxValue, nameof(options.MaximumFrames)),
            .. Outside([options.MaximumSourceBytes], 1, 1L << 30, nameof(options.MaximumSourceBytes)),
            .. Outside([options.JpegQuality], 1, 100, nameof(options.JpegQuality)),
            .. Outside([options.WebPQuality], 1, 100, nameof(options.WebPQuality)),
            .. Outside([options.AvifQuality], 1, 100, nameof(options.AvifQuality)),
            .. Outside([options.Concurrency], 1, 256, nameof(options.Concurrency)),
            .. Outside([options.QueueLimit], 0, 10_000, nameof(options.QueueLimit)),
            .. Outside([options.Timeout], TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(options.Timeout)),
        ];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Outside<T>(IEnumerable<T> values, T minimum, T maximum, string property)
        where T : IComparable<T> =>
        values.Where(value => value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
            .Select(value => FormattableString.Invariant($"ImagingOptions.{property} is {value}: give {minimum} to {maximum}."));
}
