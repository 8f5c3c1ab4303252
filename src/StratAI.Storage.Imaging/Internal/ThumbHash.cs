namespace StratAI.Storage.Imaging.Internal;

/// <summary>
/// The ThumbHash of an image (https://evanw.github.io/thumbhash/): the lowest frequencies of its lightness, colour and opacity, in at most 25
/// bytes.
/// </summary>
internal static class ThumbHash
{
    public const int MaximumSide = 100;
    public const int MinimumSide = 8;

    /// <summary>Hashes pixels of four bytes (red, green, blue, opacity), row by row, of a picture within these sides.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> rgba, int width, int height)
    {
        var planes = Planes.Of(rgba, width * height);
        var detail = planes.HasAlpha ? 5 : 7;
        var longest = Math.Max(width, height);
        var (across, down) = (Terms(detail, width, longest), Terms(detail, height, longest));

        var lightness = new Channel(planes.Lightness, width, height, Math.Max(3, across), Math.Max(3, down));
        var yellowBlue = new Channel(planes.YellowBlue, width, height, 3, 3);
        var redGreen = new Channel(planes.RedGreen, width, height, 3, 3);
        var alpha = planes.HasAlpha ? new Channel(planes.Alpha, width, height, 5, 5) : null;

        var landscape = width > height;
        var first = Quantize(lightness.Mean, 63) | Quantize(0.5 + 0.5 * yellowBlue.Mean, 63) << 6 | Quantize(0.5 + 0.5 * redGreen.Mean, 63) << 12
            | Quantize(lightness.Scale, 31) << 18 | (alpha is null ? 0 : 1 << 23);
        var second = (landscape ? down : across) | Quantize(yellowBlue.Scale, 63) << 3 | Quantize(redGreen.Scale, 63) << 9 | (landscape ? 1 << 15 : 0);
        var hash = new List<byte> { (byte)first, (byte)(first >> 8), (byte)(first >> 16), (byte)second, (byte)(second >> 8) };
        if (alpha is not null)
        {
            hash.Add((byte)(Quantize(alpha.Mean, 15) | Quantize(alpha.Scale, 15) << 4));
        }

        IEnumerable<double> terms = [.. lightness.Terms, .. yellowBlue.Terms, .. redGreen.Terms, .. alpha?.Terms ?? []];
        hash.AddRange(terms.Select(term => Quantize(term, 15)).Chunk(2).Select(pair => (byte)(pair[0] | (pair.Length == 2 ? pair[1] << 4 : 0))));
        return [.. hash];
    }

    private static int Terms(int detail, int side, int longest) => Math.Max(1, Round((double)detail * side / longest));

    private static int Quantize(double value, int levels) => Math.Clamp(Round(value * levels), 0, levels);

    private static int Round(double value) => (int)Math.Floor(value + 0.5);

    /// <summary>The colours apart, transparent pixels taken for the average colour.</summary>
    private sealed record Planes(float[] Lightness, float[] YellowBlue, float[] RedGreen, float[] Alpha, bool HasAlpha)
    {
        public static Planes Of(ReadOnlySpan<byte> rgba, int count)
        {
            double red = 0, green = 0, blue = 0, opacity = 0;
            for (var i = 0; i < count; i++)
            {
                var pixel = rgba.Slice(i * 4, 4);
                var alpha = pixel[3] / 255.0;
                red += alpha / 255 * pixel[0];
                green += alpha / 255 * pixel[1];
                blue += alpha / 255 * pixel[2];
                opacity += alpha;
            }

            if (opacity > 0)
            {
                (red, green, blue) = (red / opacity, green / opacity, blue / opacity);
            }

            var planes = new Planes(new float[count], new float[count], new float[count], new float[count], opacity < count);
            for (var i = 0; i < count; i++)
            {
                var pixel = rgba.Slice(i * 4, 4);
                var alpha = pixel[3] / 255.0;
                var r = red * (1 - alpha) + alpha / 255 * pixel[0];
                var g = green * (1 - alpha) + alpha / 255 * pixel[1];
                var b = blue * (1 - alpha) + alpha / 255 * pixel[2];
                planes.Lightness[i] = (float)((r + g + b) / 3);
                planes.YellowBlue[i] = (float)((r + g) / 2 - b);
                planes.RedGreen[i] = (float)(r - g);
                planes.Alpha[i] = (float)alpha;
            }

            return planes;
        }
    }

    /// <summary>The discrete cosine transform of one plane, cut to a triangle of its lowest frequencies.</summary>
    private sealed class Channel
    {
        public Channel(float[] plane, int width, int height, int across, int down)
        {
            var terms = new List<double>();
            var horizontal = new double[width];
            for (var cy = 0; cy < down; cy++)
            {
                for (var cx = 0; cx * down < across * (down - cy); cx++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        horizontal[x] = Math.Cos(Math.PI / width * cx * (x + 0.5));
                    }

                    double sum = 0;
                    for (var y = 0; y < height; y++)
                    {
                        double row = 0;
                        for (var x = 0; x < width; x++)
                        {
                            row += plane[y * width + x] * horizontal[x];
                        }

                        sum += row * Math.Cos(Math.PI / height * cy * (y + 0.5));
                    }

                    if (cx == 0 && cy == 0)
                    {
                        Mean = sum / (width * height);
                    }
                    else
                    {
                        terms.Add(sum / (width * height));
                    }
                }
            }

            Scale = terms.Count == 0 ? 0 : terms.Max(Math.Abs);
            Terms = Scale > 0 ? [.. terms.Select(term => 0.5 + 0.5 / Scale * term)] : terms;
        }

        public double Mean { get; }

        public double Scale { get; }

        /// <summary>All but the mean, as parts of the scale: 0 to 1, zero in the middle.</summary>
        public IReadOnlyList<double> Terms { get; }
    }
}
