namespace StratAI.Storage.FileSystem;

/// <summary>Walks the store's folders in the order of the keys.</summary>
internal static class ObjectTree
{
    /// <summary>The files of all keys that begin with a prefix and sort behind <paramref name="after"/>. Names of one folder at a time, per level, are held in memory.</summary>
    public static IEnumerable<(string Path, byte[] Key)> Walk(string root, byte[] prefix, byte[] after)
    {
        var folderPrefix = prefix[..(prefix.AsSpan().LastIndexOf((byte)'/') + 1)];
        return WalkFolder(KeyPath.FolderOf(root, folderPrefix), folderPrefix, prefix, after);
    }

    private static IEnumerable<(string Path, byte[] Key)> WalkFolder(string folder, byte[] above, byte[] prefix, byte[] after)
    {
        foreach (var (start, kind, path) in Entries(folder, above))
        {
            // A folder that sorts before and does not hold it holds nothing behind it either.
            if (start.AsSpan().SequenceCompareTo(after) <= 0 && (kind == KeyPath.Kind.Object || !after.AsSpan().StartsWith(start)))
            {
                continue;
            }

            var begins = start.AsSpan().StartsWith(prefix);
            if (kind == KeyPath.Kind.Object)
            {
                if (begins)
                {
                    yield return (path, start);
                }
            }
            else if (begins || prefix.AsSpan().StartsWith(start))
            {
                foreach (var below in WalkFolder(path, start, prefix, after))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>
    /// What lies in a folder, each with what its keys begin with, sorted by that: a folder's end in a slash, so they sort as the keys do.
    /// </summary>
    private static List<(byte[] Start, KeyPath.Kind Kind, string Path)> Entries(string folder, byte[] above)
    {
        var entries = new List<(byte[] Start, KeyPath.Kind Kind, string Path)>();
        try
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(folder))
            {
                if (KeyPath.TryParse(Path.GetFileName(path), out var kind, out var name))
                {
                    entries.Add(([.. above, .. name, .. kind == KeyPath.Kind.Folder ? "/"u8 : default], kind, path));
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing has this prefix, or the folder was emptied and removed meanwhile.
        }
        catch (IOException exception)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The store's folder failed.", exception);
        }

        entries.Sort((x, y) => x.Start.AsSpan().SequenceCompareTo(y.Start));
        return entries;
    }
}
