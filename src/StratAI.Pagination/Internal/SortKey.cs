using System.Globalization;
using System.Linq.Expressions;
using StratAI.Pagination.Internal.Indexes;

namespace StratAI.Pagination.Internal;

/// <summary>A sort key: its public name, its SQL, and how its value is read off a row.</summary>
internal abstract class SortKey<T>
{
    private readonly string? _sql;

    private protected SortKey(string name, string? sql, KeyKind kind, bool nullable, TextCollation? collation)
    {
        (Name, Kind, IsNullable, Collation) = (name, kind, nullable, collation);
        // A column stays as it is written, an expression must not fall apart beside the operators put next to it.
        _sql = sql is null || sql.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '"') ? sql : $"({sql})";
    }

    public string Name { get; }

    public KeyKind Kind { get; }

    public bool IsNullable { get; }

    /// <summary>Stated by every text key, null on any other.</summary>
    public TextCollation? Collation { get; }

    /// <summary>The column or expression without its collation.</summary>
    public string Sql => _sql ?? throw new InvalidOperationException(
        $"The sort key '{Name}' was declared without SQL, for IQueryable alone. Give its column or expression to page over SQL.");

    public string Describe(SqlDialect dialect) => (_sql ?? "") + Collate(dialect);

    public string SqlIn(SqlDialect dialect) => Sql + Collate(dialect);

    private string Collate(SqlDialect dialect) => Collation?.NameIn(dialect) is { } name ? $" COLLATE {name}" : "";

    public SortTerm ToTerm(bool descending) => new(Name, _sql, Kind == KeyKind.Text, IsNullable, Collation, descending);

    /// <summary>Writes the row's value into a cursor.</summary>
    public abstract void Write(T row, ref CursorWriter writer);

    /// <summary>Sorts by the key, or by whether it is null.</summary>
    /// <param name="source">What to sort; it is already sorted by the keys before this one unless <paramref name="isFirst"/>.</param>
    /// <param name="row">Where in a <typeparamref name="TRow"/> the row is; null where it is the row.</param>
    /// <param name="ofNull">Whether to sort by "is null" rather than by the value.</param>
    /// <param name="descending">The direction.</param>
    /// <param name="isFirst">Whether nothing is sorted yet.</param>
    public abstract IOrderedQueryable<TRow> Sort<TRow>(
        IQueryable<TRow> source, Expression<Func<TRow, T>>? row, bool ofNull, bool descending, bool isFirst);

    /// <summary>A condition on the key of <paramref name="row"/>. False, never unknown, where the key is null and <paramref name="value"/> is not.</summary>
    public abstract Expression Compare(ParameterExpression row, SeekOperator comparison, object? value);

    public static SortKey<T> Create<TKey>(string name, string? sql, Expression<Func<T, TKey>> value, bool nullable, TextCollation? collation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
        {
            throw new ArgumentException($"The sort key '{name}' is not made of letters, digits, '_' and '.'.", nameof(name));
        }

        if (sql is not null && string.IsNullOrWhiteSpace(sql))
        {
            throw new ArgumentException($"The sort key '{name}' has blank SQL.", nameof(sql));
        }

        var underlying = Nullable.GetUnderlyingType(typeof(TKey));
        if (underlying is not null && !nullable)
        {
            throw new ArgumentException(
                $"The sort key '{name}' is a {underlying.Name}?: say nullable: true, or read a value that is never null.", nameof(value));
        }

        var kind = KindOf(underlying ?? typeof(TKey))
            ?? throw new ArgumentException($"The sort key '{name}' is a {typeof(TKey).Name}, which a cursor cannot hold.", nameof(value));
        if (kind == KeyKind.Text != collation is not null)
        {
            throw new ArgumentException(
                kind == KeyKind.Text
                    ? $"The sort key '{name}' is text: state its collation, TextCollation.Binary or the column's own."
                    : $"The sort key '{name}' is a {typeof(TKey).Name}, which has no collation.",
                nameof(collation));
        }

        return new SortKey<T, TKey>(name, sql?.Trim(), kind, nullable, collation, value);
    }

    private static KeyKind? KindOf(Type type) => Type.GetTypeCode(type) switch
    {
        // An enum's code is that of the integer below it.
        >= TypeCode.SByte and <= TypeCode.Int64 => KeyKind.Integer,
        TypeCode.Single or TypeCode.Double => KeyKind.Double,
        TypeCode.Decimal => KeyKind.Decimal,
        TypeCode.Boolean => KeyKind.Boolean,
        TypeCode.String => KeyKind.Text,
        TypeCode.DateTime => KeyKind.DateTime,
        _ when type == typeof(Guid) => KeyKind.Guid,
        _ when type == typeof(DateTimeOffset) => KeyKind.DateTimeOffset,
        _ when type == typeof(DateOnly) => KeyKind.DateOnly,
        _ when type == typeof(TimeOnly) => KeyKind.TimeOnly,
        _ => null,
    };

    /// <summary>The value as a cursor holds it and as a parameter gives it back.</summary>
    private protected object? Normalize(object? value) => value switch
    {
        null when IsNullable => null,
        null => throw new InvalidOperationException($"The sort key '{Name}' is declared as never null, but a row holds null."),
        // What a clock of another time zone says is not comparable; the instant is.
        DateTime { Kind: DateTimeKind.Local } local => local.ToUniversalTime(),
        DateTimeOffset instant => instant.ToUniversalTime(),
        _ => Kind switch
        {
            KeyKind.Integer => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            KeyKind.Double => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => value,
        },
    };
}
