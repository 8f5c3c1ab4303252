namespace StratAI.Storage.Migration.Internal;

/// <summary>Names of tables and columns. They cannot be parameters, so only what needs no escaping is let through.</summary>
internal static class Identifier
{
    private const int MaximumLength = 63;

    /// <summary>The quoted name, of a table with its schema if it has one.</summary>
    public static string Quote(string name, string option, bool qualified = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, option);
        var parts = name.Split('.');
        if (parts.Length > (qualified ? 2 : 1) || !parts.All(IsName))
        {
            throw new ArgumentException($"{nameof(ColumnMigrationOptions)}.{option} is not a plain name: '{name}'.", option);
        }

        return string.Join('.', parts.Select(part => $"\"{part}\""));
    }

    private static bool IsName(string part) =>
        part.Length is > 0 and <= MaximumLength && !char.IsAsciiDigit(part[0]) && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
