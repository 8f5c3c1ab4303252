using System.Buffers.Text;
using System.Linq.Expressions;
using CsCheck;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination.Tests;

public sealed class CursorCodecTests
{
    private const ulong Binding = 0x0123456789abcdef;

    private static readonly OrderedKey<object?[]>[] Keys =
    [
        Key<long?>(0), Key<double?>(1), Key<decimal?>(2), Key<bool?>(3), Key<string>(4), Key<Guid?>(5), Key<DateTime?>(6), Key<DateTimeOffset?>(7),
        Key<DateOnly?>(8), Key<TimeOnly?>(9),
    ];

    [Fact]
    public void Every_value_comes_back_as_it_was() =>
        Gen.Select(
            Gen.Select(Gen.Nullable(Gen.Long), Gen.Nullable(Gen.Double), Gen.Nullable(Gen.Decimal)),
            Gen.Select(Gen.Nullable(Gen.Bool), Gen.Null(Texts), Gen.Nullable(Gen.Guid)),
            Gen.Select(
                Gen.Nullable(Gen.DateTime.Select(Gen.OneOf(DateTimeKind.Utc, DateTimeKind.Unspecified), DateTime.SpecifyKind)),
                Gen.Nullable(Gen.DateTimeOffset), Gen.Nullable(Gen.DateOnly), Gen.Nullable(Gen.TimeOnly)))
        .Sample((numbers, others, times) =>
        {
            object?[] row =
            [
                numbers.Item1, numbers.Item2, numbers.Item3, others.Item1, others.Item2, others.Item3, times.Item1, times.Item2?.ToUniversalTime(),
                times.Item3, times.Item4,
            ];

            Assert.Null(CursorCodec.TryRead(Content(row, Travel.Before), Keys, Binding, out var position));
            Assert.Equal(row, position.Values);
            // Equality says that a time of another kind, or 1.0 and 1.00, are the same; a parameter is not.
            Assert.Equal((row[6] as DateTime?)?.Kind, (position.Values[6] as DateTime?)?.Kind);
            Assert.Equal((row[2] as decimal?)?.Scale, (position.Values[2] as decimal?)?.Scale);
            Assert.True(position.IsBackward);
            Assert.Equal(Content(row, Travel.Before), ContentOf(position));
        });

    [Fact]
    public void Keys_that_are_never_null_come_back_as_they_were() =>
        Gen.Select(Gen.Long, Gen.Int, Gen.Guid, Gen.DateTime.Select(Gen.OneOf(DateTimeKind.Utc, DateTimeKind.Unspecified), DateTime.SpecifyKind))
        .Sample((number, small, id, time) =>
        {
            OrderedKey<(long Number, int Small, Guid Id, DateTime Time)>[] keys =
            [
                Plain<(long Number, int Small, Guid Id, DateTime Time), long>(row => row.Number),
                Plain<(long Number, int Small, Guid Id, DateTime Time), int>(row => row.Small),
                Plain<(long Number, int Small, Guid Id, DateTime Time), Guid>(row => row.Id),
                Plain<(long Number, int Small, Guid Id, DateTime Time), DateTime>(row => row.Time),
            ];
            var cursor = CursorCodec.Encode(keys, Binding, (number, small, id, time), Travel.After, Plaintext.Protector);

            Assert.Null(CursorCodec.TryDecode(cursor, keys, Binding, Plaintext.Protector, out var position));
            Assert.Equal([number, (long)small, id, time], position.Values);
            Assert.Equal(time.Kind, ((DateTime)position.Values[3]!).Kind);
        });

    [Fact]
    public void A_cursor_cut_short_or_continued_is_malformed()
    {
        object?[] row =
            [1L, 2d, 3m, true, "text", Guid.NewGuid(), DateTime.UnixEpoch, DateTimeOffset.UnixEpoch, DateOnly.MaxValue, TimeOnly.MaxValue];
        var content = Content(row, Travel.After);

        for (var length = 0; length < content.Length; length++)
        {
            Assert.Same(PageErrors.CursorMalformed, CursorCodec.TryRead(content.AsSpan(0, length), Keys, Binding, out _));
        }

        Assert.Same(PageErrors.CursorMalformed, CursorCodec.TryRead([.. content, 0], Keys, Binding, out _));
        Assert.Null(CursorCodec.TryRead(content, Keys, Binding, out _));
    }

    [Fact]
    public void Whatever_the_bytes_reading_them_does_not_throw() =>
        Gen.Byte.Array[0, 160].Sample(bytes =>
        {
            byte[] content =
                [(byte)Travel.After, .. BitConverter.GetBytes(Binding), .. bytes.Select((value, index) => index % 9 == 0 ? (byte)1 : value)];
            CursorCodec.TryRead(content, Keys, Binding, out _);
        });

    [Fact]
    public void Values_are_read_as_instants_and_integers()
    {
        Assert.Equal(DateTimeKind.Utc, Assert.IsType<DateTime>(Value(DateTime.UnixEpoch.ToLocalTime())).Kind);
        Assert.Equal(DateTimeKind.Unspecified, Assert.IsType<DateTime>(Value(new DateTime(2026, 1, 1))).Kind);
        Assert.Equal(TimeSpan.Zero, Assert.IsType<DateTimeOffset>(Value(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)))).Offset);
        Assert.Equal(3L, Value((short)3));
        Assert.Equal((long)DayOfWeek.Friday, Value(DayOfWeek.Friday));
        Assert.Equal((double)0.1f, Value(0.1f));
    }

    [Fact]
    public void A_null_in_a_key_that_is_never_null_names_the_key()
    {
        var key = new OrderedKey<string>(SortKey<string>.Create("title", "t.title", row => row, nullable: false, TextCollation.Binary), false);

        var thrown = Assert.Throws<InvalidOperationException>(() => CursorCodec.Encode([key], Binding, null!, Travel.After, Plaintext.Protector));
        Assert.Contains("'title'", thrown.Message, StringComparison.Ordinal);
    }

    private static Gen<string> Texts => Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 0, 300], Gen.OneOf("", "a:b|c,\"\\", "日本語 😀", "\0"));

    private static byte[] Content(object?[] row, Travel travel) =>
        Plaintext.Of(CursorCodec.Encode(Keys, Binding, row, travel, Plaintext.Protector));

    private static byte[] ContentOf(CursorPosition position) =>
        Plaintext.Of(CursorCodec.Encode(Keys, Binding, position, Plaintext.Protector));

    private static object? Value<TKey>(TKey value)
    {
        OrderedKey<TKey>[] keys = [Plain<TKey, TKey>(row => row)];
        var cursor = CursorCodec.Encode(keys, Binding, value, Travel.After, Plaintext.Protector);
        Assert.Null(CursorCodec.TryDecode(cursor, keys, Binding, Plaintext.Protector, out var position));
        return position.Values[0];
    }

    private static OrderedKey<T> Plain<T, TKey>(Expression<Func<T, TKey>> value) => new(SortKey<T>.Create("key", "k", value, nullable: false, null), false);

    private static OrderedKey<object?[]> Key<TKey>(int index) => new(
        SortKey<object?[]>.Create(
            $"k{index}", $"k{index}", row => (TKey)row[index]!, nullable: true, typeof(TKey) == typeof(string) ? TextCollation.Binary : null),
        Descending: false);

    /// <summary>Shows the content of cursors as it is.</summary>
    private sealed class Plaintext : ICursorProtector
    {
        public static Plaintext Protector { get; } = new();

        public static byte[] Of(string cursor) => Base64Url.DecodeFromChars(cursor);

        public string Protect(ReadOnlySpan<byte> content) => Base64Url.EncodeToString(content);

        public PageError? TryUnprotect(string cursor, Span<byte> buffer, out ReadOnlySpan<byte> content)
        {
            content = Of(cursor);
            return null;
        }
    }
}
