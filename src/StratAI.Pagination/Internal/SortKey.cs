using System.Globalization;

namespace StratAI.Pagination.Internal;

/// <summary>A sort key: its public name, its SQL, and how its value is read off a row.</summary>
internal sealed class SortKey<T>
{
    private readonly Func<T, object?> _value;

    private SortKey(string name, string sql, KeyKind kind, bool nullable, Func<T, object?> value)
    {
        (Name, Kind, IsNullable, _value) = (name, kind, nullable, value);
        // A column stays as it is written, an expression must not fall apart beside the operators put next to it.
        Sql = sql.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '"') ? sql : $"({sql})";
    }

    public string Name { get; }

    public string Sql { get; }

    public KeyKind Kind { get; }

    public bool IsNullable { get; }

    public static SortKey<T> Create<TKey>(string name, string sql, Func<T, TKey> value, bool nullable)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        ArgumentNullException.ThrowIfNull(value);
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
        {
            throw new ArgumentException($"The sort key '{name}' is not made of letters, digits, '_' and '.'.", nameof(name));
        }

        var underlying = Nullable.GetUnderlyingType(typeof(TKey));
        if (underlying is not null && !nullable)
        {
            throw new ArgumentException(
                $"The sort key '{name}' is a {underlying.Name}?: say nullable: true, or read a value that is never null.", nameof(value));
        }

        var kind = KindOf(underlying ?? typeof(TKey))
            ?? throw new ArgumentException($"The sort key '{name}' is a {typeof(TKey).Name}, which a cursor cannot hold.", nameof(value));
        return new(name, sql.Trim(), kind, nullable, row => value(row));
    }

    /// <summary>The value as a cursor holds it and as a parameter gives it back.</summary>
    public object? ValueOf(T row)
    {
        var value = _value(row);
        return value switch
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
        _ => null,
    };
}
