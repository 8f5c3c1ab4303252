using System.Buffers;
using System.Globalization;
using System.Text;

namespace StratAI.Storage.FileSystem;

/// <summary>
/// Maps keys to paths and back. A segment keeps <c>a-z 0-9 - _ .</c> and percent-encodes every other byte, capitals too, so that it is one
/// file on a disk that ignores case; a suffix tells objects (<c>~o</c>), folders (<c>~d</c>) and pieces of a long segment (<c>~c</c>)
/// apart, so
/// that <c>a</c> and <c>a/b</c> can both exist and no segment can be <c>..</c> or a reserved device name.
/// </summary>
internal static class KeyPath
{
    /// <summary>Encoded to at most 3 × 64 + 2 characters, a piece fits every file system's limit of 255.</summary>
    private const int PieceBytes = 64;

    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    public enum Kind
    {
        Object,
        Folder,
        Piece,
    }

    /// <summary>The file of a valid key.</summary>
    public static string FileOf(string root, ReadOnlySpan<byte> key)
    {
        var slash = key.LastIndexOf((byte)'/');
        var path = new StringBuilder(FolderOf(root, key[..(slash + 1)]));
        Append(path, key[(slash + 1)..], 'o');
        return path.ToString();
    }

    /// <summary>The folder of all keys that begin with a prefix which is empty or ends with a slash; it need not exist.</summary>
    public static string FolderOf(string root, ReadOnlySpan<byte> prefix)
    {
        var path = new StringBuilder(root);
        while (prefix.IndexOf((byte)'/') is >= 0 and var slash)
        {
            Append(path, prefix[..slash], 'd');
            prefix = prefix[(slash + 1)..];
        }

        return path.ToString();
    }

    /// <summary>Reads a name back; false for files that are not the store's.</summary>
    public static bool TryParse(string name, out Kind kind, out byte[] bytes)
    {
        (kind, bytes) = (default, []);
        if (name.Length < 2 || name[^2] != '~')
        {
            return false;
        }

        switch (name[^1])
        {
            case 'o': kind = Kind.Object; break;
            case 'd': kind = Kind.Folder; break;
            case 'c': kind = Kind.Piece; break;
            default: return false;
        }

        var decoded = new List<byte>(name.Length);
        for (var i = 0; i < name.Length - 2; i++)
        {
            if (name[i] != '%')
            {
                decoded.Add((byte)name[i]);
            }
            else if (byte.TryParse(name.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                // Two characters always follow: the suffix, if nothing else, which is no number.
                decoded.Add(value);
                i += 2;
            }
            else
            {
                return false;
            }
        }

        bytes = [.. decoded];
        return true;
    }

    private static void Append(StringBuilder path, ReadOnlySpan<byte> segment, char suffix)
    {
        // A segment of exactly one piece also becomes a piece and an empty rest: all keys with those 64 bytes then lie
        // below the one entry, and sorting the entries of a folder sorts the keys.
        for (; segment.Length >= PieceBytes; segment = segment[PieceBytes..])
        {
            AppendName(path, segment[..PieceBytes], 'c');
        }

        AppendName(path, segment, suffix);
    }

    private static void AppendName(StringBuilder path, ReadOnlySpan<byte> bytes, char suffix)
    {
        path.Append(Path.DirectorySeparatorChar);
        foreach (var b in bytes)
        {
            if (Plain.Contains(b))
            {
                path.Append((char)b);
            }
            else
            {
                path.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        path.Append('~').Append(suffix);
    }
}
