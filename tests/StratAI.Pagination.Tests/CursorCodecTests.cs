using CsCheck;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination.Tests;

public sealed class CursorCodecTests
{
    private static readonly byte[] Binding = new byte[CursorCodec.BindingLength];

    private static readonly OrderedKey<object?[]>[] Keys =
    [
        Key<long?>(0), Key<double?>(1), Key<decimal?>(2), Key<bool?>(3), Key<string>(4), Key<Guid?>(5), Key<DateTime?>(6), Key<DateTimeOffset?>(7), Key<DateOnly?>(8),
    ];

    [Fact]
    public void Every_value_comes_back_as_it_was() =>
        Gen.Select(
            Gen.Select(Gen.Nullable(Gen.Long), Gen.Nullable(Gen.Double), Gen.Nullable(Gen.Decimal)),
            Gen.Select(Gen.Nullable(Gen.Bool), Gen.Null(Texts), Gen.Nullable(Gen.Guid)),
            Gen.Select(Gen.Nullable(Gen.DateTime.Select(time => DateTime.SpecifyKind(time, DateTimeKind.Utc))), Gen.Nullable(Gen.DateTimeOffset), Gen.Nullable(Gen.DateOnly)))
        .Sample((numbers, others, times) =>
        {
            object?[] row =
                [numbers.Item1, numbers.Item2, numbers.Item3, others.Item1, others.Item2, others.Item3, times.Item1, times.Item2?.ToUniversalTime(), times.Item3];

            var content = CursorCodec.Write(new(Travel.Before, row), Binding);

            Assert.Null(CursorCodec.TryRead<object?[]>(content, Binding, Keys, out var position));
            Assert.Equal(row, position!.Values);
            // Equality says that a time of another kind, or 1.0 and 1.00, are the same; a parameter is not.
            Assert.Equal((row[6] as DateTime?)?.Kind, (position.Values[6] as DateTime?)?.Kind);
            Assert.Equal((row[2] as decimal?)?.Scale, (position.Values[2] as decimal?)?.Scale);
            Assert.True(position.IsBackward);
        });

    [Fact]
    public void A_cursor_cut_short_or_continued_is_malformed()
    {
        object?[] row = [1L, 2d, 3m, true, "text", Guid.NewGuid(), DateTime.UnixEpoch, DateTimeOffset.UnixEpoch, DateOnly.MaxValue];
        var content = CursorCodec.Write(new(Travel.After, row), Binding);

        for (var length = 0; length < content.Length; length++)
        {
            Assert.Same(PageErrors.CursorMalformed, CursorCodec.TryRead<object?[]>(content.AsSpan(0, length), Binding, Keys, out _));
        }

        Assert.Same(PageErrors.CursorMalformed, CursorCodec.TryRead<object?[]>([.. content, 0], Binding, Keys, out _));
        Assert.Null(CursorCodec.TryRead<object?[]>(content, Binding, Keys, out _));
    }

    [Fact]
    public void Whatever_the_bytes_reading_them_does_not_throw() =>
        Gen.Byte.Array[0, 120].Sample(bytes =>
        {
            byte[] content = [(byte)Travel.After, .. Binding, .. bytes.Select((value, index) => index % 9 == 0 ? (byte)1 : value)];
            CursorCodec.TryRead<object?[]>(content, Binding, Keys, out _);
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
        var key = SortKey<string?>.Create("title", "t.title", row => row!, nullable: false);

        Assert.Contains("'title'", Assert.Throws<InvalidOperationException>(() => key.ValueOf(null)).Message, StringComparison.Ordinal);
    }

    private static Gen<string> Texts => Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 0, 300], Gen.OneOf("", "a:b|c,\"\\", "日本語 😀", "\0"));

    private static object? Value<TKey>(TKey value) => SortKey<TKey>.Create("key", "k", row => row, nullable: false).ValueOf(value);

    private static OrderedKey<object?[]> Key<TKey>(int index) => new(SortKey<object?[]>.Create($"k{index}", $"k{index}", row => (TKey)row[index]!, nullable: true), false);
}
