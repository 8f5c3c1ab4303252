namespace StratAI.Storage.Imaging.Tests.Testing;

/// <summary>The other half of ThumbHash, as clients have it.</summary>
public static class ThumbHashDecoder
{
    private const int Side = 32;

    public static (int Width, int Height, byte[] Rgba) Decode(byte[] hash)
    {
        var first = hash[0] | hash[1] << 8 | hash[2] << 16;
        var second = hash[3] | hash[4] << 8;
        var (hasAlpha, landscape) = (first >> 23 != 0, second >> 15 != 0);
        var detail = hasAlpha ? 5 : 7;
        var (across, down) = landscape ? (detail, second & 7) : (second & 7, detail);
        var next = (hasAlpha ? 6 : 5) * 2;

        var lightness = Channel((first & 63) / 63.0, (first >> 18 & 31) / 31.0, Math.Max(3, across), Math.Max(3, down));
        var yellowBlue = Channel((first >> 6 & 63) / 31.5 - 1, (second >> 3 & 63) / 63.0 * 1.25, 3, 3);
        var redGreen = Channel((first >> 12 & 63) / 31.5 - 1, (second >> 9 & 63) / 63.0 * 1.25, 3, 3);
        var alpha = hasAlpha ? Channel((hash[5] & 15) / 15.0, (hash[5] >> 4) / 15.0, 5, 5) : (_, _) => 1;

        var ratio = (double)across / down;
        var (width, height) = ratio > 1 ? (Side, (int)Math.Round(Side / ratio)) : ((int)Math.Round(Side * ratio), Side);
        var rgba = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = ((i % width + 0.5) / width, (i / width + 0.5) / height);
            var (l, p, q) = (lightness(x, y), yellowBlue(x, y), redGreen(x, y));
            var blue = l - 2.0 / 3 * p;
            var red = (3 * l - blue + q) / 2;
            double[] colours = [red, red - q, blue, alpha(x, y)];
            for (var band = 0; band < 4; band++)
            {
                rgba[i * 4 + band] = (byte)(255 * Math.Clamp(colours[band], 0, 1));
            }
        }

        return (width, height, rgba);

        Func<double, double, double> Channel(double mean, double scale, int nx, int ny)
        {
            var terms = new List<(int X, int Y, double Value)>();
            for (var cy = 0; cy < ny; cy++)
            {
                for (var cx = cy == 0 ? 1 : 0; cx * ny < nx * (ny - cy); cx++)
                {
                    terms.Add((cx, cy, ((hash[next / 2] >> (next % 2 * 4) & 15) / 7.5 - 1) * scale));
                    next++;
                }
            }

            return (x, y) => mean + terms.Sum(term => term.Value * 2 * Math.Cos(Math.PI * term.X * x) * Math.Cos(Math.PI * term.Y * y));
        }
    }
}
