using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace StratAI.Pagination.Internal;

internal sealed class SortKey<T, TKey>(
    string name, string? sql, KeyKind kind, bool nullable, TextCollation? collation, Expression<Func<T, TKey>> value)
    : SortKey<T>(name, sql, kind, nullable, collation)
{
    private static readonly Type Underlying = Nullable.GetUnderlyingType(typeof(TKey)) ?? typeof(TKey);

    // Compiled when a first row is read: an application declares more orders than one start needs.
    private readonly Lazy<Func<T, TKey>> _read = new(value.Compile);

    public override void Write(T row, ref CursorWriter writer)
    {
        var key = _read.Value(row);

        // The common keys are written without boxing; the casts cost nothing once the method is compiled for one TKey.
        if (typeof(TKey) == typeof(Guid))
        {
            writer.Write((Guid)(object)key!);
        }
        else if (typeof(TKey) == typeof(DateTime) && (DateTime)(object)key! is { Kind: not DateTimeKind.Local } time)
        {
            writer.Write(time);
        }
        else if (typeof(TKey) == typeof(long))
        {
            writer.Write((long)(object)key!);
        }
        else if (typeof(TKey) == typeof(int))
        {
            writer.Write((long)(int)(object)key!);
        }
        else
        {
            writer.Write(Normalize(key), IsNullable);
        }
    }

    public override IOrderedQueryable<TRow> Sort<TRow>(
        IQueryable<TRow> source, Expression<Func<TRow, T>>? row, bool ofNull, bool descending, bool isFirst)
    {
        var parameter = row?.Parameters[0] ?? Expression.Parameter(typeof(TRow), "row");
        var key = Of(row?.Body ?? parameter);
        return ofNull
            ? Sort(source, Expression.Lambda<Func<TRow, bool>>(IsNull(key), parameter), descending, isFirst)
            : Sort(source, Expression.Lambda<Func<TRow, TKey>>(key, parameter), descending, isFirst);
    }

    public override Expression Compare(ParameterExpression row, SeekOperator comparison, object? value)
    {
        var key = Of(row);
        return comparison switch
        {
            SeekOperator.IsNull => IsNull(key),
            SeekOperator.IsNotNull => Expression.Not(IsNull(key)),
            _ when IsNullable => Expression.AndAlso(Expression.Not(IsNull(key)), CompareValues(key, comparison, value!)),
            _ => CompareValues(key, comparison, value!),
        };
    }

    private static IOrderedQueryable<TRow> Sort<TRow, TBy>(
        IQueryable<TRow> source, Expression<Func<TRow, TBy>> by, bool descending, bool isFirst) => (isFirst, descending) switch
        {
            (true, false) => source.OrderBy(by),
            (true, true) => source.OrderByDescending(by),
            (false, false) => ((IOrderedQueryable<TRow>)source).ThenBy(by),
            (false, true) => ((IOrderedQueryable<TRow>)source).ThenByDescending(by),
        };

    private static BinaryExpression IsNull(Expression key) => Expression.Equal(key, Expression.Constant(null, typeof(TKey)));

    private static BinaryExpression CompareValues(Expression key, SeekOperator comparison, object value)
    {
        // A captured variable, as a lambda in source code has it: the provider makes a parameter of it and reuses the query's plan.
        var box = new StrongBox<TKey>(FromCursor(value));
        Expression<Func<TKey>> captured = () => box.Value!;
        var (left, right) = (key, captured.Body);
        if (Underlying.IsEnum)
        {
            var number = typeof(TKey) == Underlying ? Enum.GetUnderlyingType(Underlying) : NullableOf(Enum.GetUnderlyingType(Underlying));
            (left, right) = (Expression.Convert(left, number), Expression.Convert(right, number));
        }
        else if (comparison != SeekOperator.Equal && CompareMethod() is { } template)
        {
            // These types have no operators; what their comparison answers is compared with zero, which providers know.
            (left, right) = (Substitution.Of(template, Value(left), Value(right)), Expression.Constant(0));
        }

        return comparison switch
        {
            SeekOperator.Equal => Expression.Equal(left, right),
            SeekOperator.Less => Expression.LessThan(left, right),
            SeekOperator.LessOrEqual => Expression.LessThanOrEqual(left, right),
            SeekOperator.Greater => Expression.GreaterThan(left, right),
            _ => Expression.GreaterThanOrEqual(left, right),
        };
    }

    [SuppressMessage("Globalization", "CA1309", Justification = "Translated to SQL, where the column's collation compares.")]
    [SuppressMessage("Globalization", "CA1310", Justification = "Translated to SQL, where the column's collation compares.")]
    private static LambdaExpression? CompareMethod()
    {
        if (Underlying == typeof(string))
        {
            Expression<Func<string, string, int>> compare = (left, right) => string.Compare(left, right);
            return compare;
        }

        if (Underlying == typeof(Guid))
        {
            Expression<Func<Guid, Guid, int>> compare = (left, right) => left.CompareTo(right);
            return compare;
        }

        if (Underlying == typeof(bool))
        {
            Expression<Func<bool, bool, int>> compare = (left, right) => left.CompareTo(right);
            return compare;
        }

        return null;
    }

    private static Expression Value(Expression key) => key.Type == Underlying ? key : Expression.Convert(key, Underlying);

    private static Type NullableOf(Type number) => number == typeof(long) ? typeof(long?)
        : number == typeof(short) ? typeof(short?)
        : number == typeof(byte) ? typeof(byte?)
        : typeof(int?);

    private static TKey FromCursor(object value) => (TKey)(Underlying.IsEnum
        ? Enum.ToObject(Underlying, value)
        : value.GetType() == Underlying ? value : Convert.ChangeType(value, Underlying, CultureInfo.InvariantCulture));

    private Expression Of(Expression row) => Substitution.Of(value, row);
}
