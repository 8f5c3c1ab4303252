using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using StratAI.Host.Features.Documents;

namespace StratAI.Host.Database;

/// <summary>
/// SQLite has no types for times, dates and ids. They are kept as text whose order is that of the values, so that one ORDER BY serves both engines.
/// </summary>
internal static class TypeHandlers
{
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Dapper uses a handler only for types it does not already map.
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateOnly));
        SqlMapper.AddTypeHandler(new TimeHandler());
        SqlMapper.AddTypeHandler(new GuidHandler());
        SqlMapper.AddTypeHandler(new DateHandler());
        SqlMapper.AddTypeHandler(new DocumentText.Handler());
    }

    private abstract class Handler<T> : SqlMapper.TypeHandler<T>
    {
        protected abstract string Write(T value);

        public override void SetValue(IDbDataParameter parameter, T? value) =>
            parameter.Value = value is null ? DBNull.Value : parameter is SqliteParameter ? Write(value) : value;
    }

    private sealed class TimeHandler : Handler<DateTimeOffset>
    {
        protected override string Write(DateTimeOffset value) => value.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTime time => new(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            string text => DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            _ => (DateTimeOffset)value,
        };
    }

    private sealed class GuidHandler : Handler<Guid>
    {
        protected override string Write(Guid value) => value.ToString("D");

        public override Guid Parse(object value) => value is string text ? Guid.ParseExact(text, "D") : (Guid)value;
    }

    private sealed class DateHandler : Handler<DateOnly>
    {
        protected override string Write(DateOnly value) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        public override DateOnly Parse(object value) => value switch
        {
            string text => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime time => DateOnly.FromDateTime(time),
            _ => (DateOnly)value,
        };
    }
}
