using System.Globalization;

namespace StratAI.Pagination.Internal.Indexes;

internal static class IndexName
{
    /// <summary>What PostgreSQL keeps of a name, in bytes.</summary>
    private const int Longest = 63;

    /// <summary><c>ix_table_field_field</c> with a number where that is taken; it is taken from then on.</summary>
    public static string For(string table, IEnumerable<string> keys, HashSet<string> taken)
    {
        var words = new[] { SqlToken.Read(table)[^1].Name }.Concat(keys.Select(WithoutCollation)).SelectMany(Words);
        var name = $"ix_{string.Join('_', words)}";
        for (var number = 1; ; number++)
        {
            var suffix = number == 1 ? "" : $"_{number.ToString(CultureInfo.InvariantCulture)}";
            var candidate = name[..Math.Min(name.Length, Longest - suffix.Length)] + suffix;
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }
    }

    private static string WithoutCollation(string key) => SqlText.SplitCollation(key).Sql;

    private static IEnumerable<string> Words(string sql) => SqlToken.Read(sql)
        .Where(token => token.IsIdentifier)
        .Select(token => new string([.. token.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]));
}
