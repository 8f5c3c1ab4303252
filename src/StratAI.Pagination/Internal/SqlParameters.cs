using System.Globalization;

namespace StratAI.Pagination.Internal;

/// <summary>The parameters that a composed page adds to the caller's own.</summary>
internal sealed class SqlParameters
{
    private readonly Dictionary<string, object?> _values = [];

    public IReadOnlyDictionary<string, object?> Values => _values;

    /// <summary>Adds a value and answers how the text refers to it.</summary>
    public string Add(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"page_{_values.Count}");
        _values.Add(name, value);
        return $"@{name}";
    }
}
