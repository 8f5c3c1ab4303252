using System.Buffers.Text;
using System.Text;
using CsCheck;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination.Tests;

public sealed class CursorProtectionTests
{
    private const string Golden = "AZK4HATuzpdoLkikYZN17QmkxoTEl--iXwfwrj1Q2NeM156TllIB9egEBhQTuKhCMDU13bvflITCNTw1UUEIX8weyML-Swj-HthRhMs6ZOv071ZY5g";

    private static readonly PageOrder<Row> Order = CreateOrder("t.title");

    private static readonly Row Boundary = new(
        new Guid("01924f6e-7d3a-7000-8000-0123456789ab"), "Überblick: Q4", new DateTime(2026, 11, 23, 10, 15, 30, DateTimeKind.Utc).AddTicks(1_234_560));

    private readonly Pager _pager = TestPagers.Create();

    [Fact]
    public void A_cursor_works_in_every_process_that_has_the_key()
    {
        var cursor = CursorOf(_pager);

        Assert.Null(Read(TestPagers.Create(), cursor).Error);
        Assert.Equal(cursor, CursorOf(TestPagers.Create()));
    }

    /// <summary>Version 1 is on the wire: what reads it must go on reading it.</summary>
    [Fact]
    public void A_stored_cursor_of_version_1_still_leads_to_its_row()
    {
        var plan = Read(_pager, Golden);

        Assert.Null(plan.Error);
        var sql = plan.Compose("*", "tasks t", "");
        Assert.Contains("(t.title, t.created_at, t.id) < (@page_0, @page_1, @page_2)", sql.Text, StringComparison.Ordinal);
        Assert.Equal(Golden, CursorOf(_pager));
        Assert.Equal([Boundary.Title, Boundary.CreatedAt, Boundary.Id], sql.Parameters.Values.Take(3));
    }

    [Fact]
    public void A_cursor_shows_nothing_of_the_row_or_the_scope()
    {
        var bytes = Base64Url.DecodeFromChars(CursorOf(_pager));

        foreach (var secret in new[] { Encoding.UTF8.GetBytes(Boundary.Title), Boundary.Id.ToByteArray(), Encoding.UTF8.GetBytes("ada"), BitConverter.GetBytes(Boundary.CreatedAt.Ticks) })
        {
            Assert.Equal(-1, bytes.AsSpan().IndexOf(secret));
        }
    }

    public static TheoryData<string, string, PageScope> OtherScopes => new()
    {
        { "-title,-createdAt", "t.title", TestPagers.Scope with { Endpoint = "tasks" } },
        { "-title,-createdAt", "t.title", TestPagers.Scope with { Owner = "grace" } },
        { "-title,-createdAt", "t.title", TestPagers.Scope with { Filters = "status=done" } },
        { "-title,-createdAt", "t.title", new PageScope("itemsada", "", "status=todo") },
        { "title,-createdAt", "t.title", TestPagers.Scope },
        { "-title", "t.title", TestPagers.Scope },
        { "-createdAt,-title", "t.title", TestPagers.Scope },
        { "-title,-createdAt", "lower(t.title)", TestPagers.Scope },
    };

    [Fact]
    public void Under_another_collation_a_cursor_is_a_mismatch()
    {
        var request = new PageRequest { Cursor = CursorOf(_pager), Sort = "-title,-createdAt" };

        Assert.Same(
            PageErrors.CursorMismatch,
            _pager.Plan(CreateOrder("t.title", TextCollation.Named("und-x-icu")), request, TestPagers.Scope, SqlDialect.PostgreSql).Error);
    }

    [Theory]
    [MemberData(nameof(OtherScopes))]
    public void In_another_scope_or_order_a_cursor_is_a_mismatch(string sort, string titleSql, PageScope scope)
    {
        var request = new PageRequest { Cursor = CursorOf(_pager), Sort = sort };

        Assert.Same(PageErrors.CursorMismatch, _pager.Plan(CreateOrder(titleSql), request, scope, SqlDialect.PostgreSql).Error);
    }

    [Fact]
    public void A_key_that_was_replaced_still_reads_and_one_that_was_dropped_does_not()
    {
        var old = CursorOf(TestPagers.Create(TestPagers.OtherKey));

        Assert.Null(Read(TestPagers.Create(TestPagers.Key, TestPagers.OtherKey), old).Error);
        Assert.Same(PageErrors.CursorTampered, Read(TestPagers.Create(TestPagers.Key), old).Error);
        // The next key is read before any instance writes with it, so a rollout breaks nothing.
        Assert.Null(Read(TestPagers.Create(TestPagers.OtherKey, TestPagers.Key), CursorOf(_pager)).Error);
    }

    [Fact]
    public void Two_keys_with_the_same_id_are_told_apart()
    {
        var current = CursorKey.Derive(Convert.FromBase64String(TestPagers.Key));
        var twin = Enumerable.Range(0, int.MaxValue).Select(i => CursorKey.Derive(BitConverter.GetBytes(i))).First(key => key.Id == current.Id);
        var cursor = new AesCursorProtector([twin]).Protect("content"u8);

        var buffer = new byte[CursorFormat.MaximumBytes];
        Assert.Null(new AesCursorProtector([current, twin]).TryUnprotect(cursor, buffer, out var content));
        Assert.Equal("content"u8, content);
        Assert.Same(PageErrors.CursorTampered, new AesCursorProtector([current]).TryUnprotect(cursor, buffer, out _));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("not a cursor!")]
    [InlineData("eyJpZCI6MX0")]
    [InlineData("AQ")]
    [InlineData("this-is-long-enough-to-be-a-cursor-but-is-only-words-joined-by-hyphens")]
    public void What_was_never_a_cursor_is_malformed(string cursor) => Assert.Same(PageErrors.CursorMalformed, Read(_pager, cursor).Error);

    [Fact]
    public void A_cursor_spelled_in_another_way_is_malformed()
    {
        var cursor = CursorOf(_pager);

        Assert.All(
            [cursor + "=", cursor + " ", "\n" + cursor, cursor.Insert(9, " "), cursor.Replace('-', '+').Replace('_', '/') + "%3D", cursor + new string('A', CursorFormat.MaximumLength)],
            spelling => Assert.Same(PageErrors.CursorMalformed, Read(_pager, spelling).Error));
    }

    [Fact]
    public void Another_version_is_named_as_such()
    {
        var bytes = Base64Url.DecodeFromChars(CursorOf(_pager));
        bytes[0] = 2;
        Assert.Same(PageErrors.CursorVersion, Read(_pager, Base64Url.EncodeToString(bytes)).Error);
        bytes[0] = 200;
        Assert.Same(PageErrors.CursorMalformed, Read(_pager, Base64Url.EncodeToString(bytes)).Error);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed()
    {
        var bytes = Base64Url.DecodeFromChars(CursorOf(_pager));
        for (var bit = 8; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Same(PageErrors.CursorTampered, Read(_pager, Base64Url.EncodeToString(changed)).Error);
        }
    }

    [Fact]
    public void Random_and_mutated_cursors_never_throw_and_never_pass()
    {
        var valid = CursorOf(_pager);
        var characters = Gen.OneOf(Gen.Char.AlphaNumeric, Gen.OneOf('-', '_', '=', ' ', '%', '\0', 'é'), Gen.Char);
        var position = Gen.Int[0, valid.Length - 1];
        var mutated = Gen.OneOf(
            Gen.Select(position, characters, (at, to) => valid[..at] + to + valid[(at + 1)..]),
            Gen.Select(position, characters, (at, extra) => valid.Insert(at, extra.ToString())),
            Gen.Select(position, position, (from, length) => valid.Remove(from, Math.Min(length, valid.Length - from))),
            Gen.Select(position, position, (at, other) => valid[..at] + valid[other..]));
        var random = Gen.OneOf(Gen.String[characters, 0, 200], Gen.Byte.Array[0, 200].Select(bytes => Base64Url.EncodeToString([1, .. bytes])));

        Gen.OneOf(mutated, random).Where(cursor => cursor != valid).Sample(
            cursor => Assert.StartsWith("cursor-", Read(_pager, cursor).Error?.Code, StringComparison.Ordinal),
            iter: Fuzz.Times(1_000_000));
    }

    [Fact]
    public void A_value_too_long_for_a_cursor_says_what_to_do()
    {
        var plan = _pager.Plan(Order, new PageRequest { Sort = "title", Limit = 1 }, TestPagers.Scope, SqlDialect.PostgreSql);
        var rows = new[] { Boundary with { Title = new string('x', 4000) }, Boundary };

        Assert.Contains("left(title, 200)", Assert.Throws<InvalidOperationException>(() => plan.ToPage(rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_cursor_that_is_made_is_read()
    {
        var protector = new AesCursorProtector([CursorKey.Derive(Convert.FromBase64String(TestPagers.Key))]);
        var longest = new byte[AesCursorProtector.MaximumContent];
        var cursor = protector.Protect(longest);

        Assert.Equal(CursorFormat.MaximumLength, cursor.Length);
        Assert.Null(protector.TryUnprotect(cursor, new byte[CursorFormat.MaximumBytes], out var content));
        Assert.Equal(longest, content);
    }

    private static PageOrder<Row> CreateOrder(string titleSql, TextCollation? collation = null) => PageOrder<Row>.Create(order => order
        .Key("title", row => row.Title, titleSql, collation: collation ?? TextCollation.Column)
        .Key("createdAt", row => row.CreatedAt, "t.created_at")
        .TieBreaker("id", row => row.Id, "t.id")
        .Default("-createdAt"));

    private static PagePlan<Row> Read(Pager pager, string cursor) =>
        pager.Plan(Order, new PageRequest { Cursor = cursor, Sort = "-title,-createdAt" }, TestPagers.Scope, SqlDialect.PostgreSql);

    private static string CursorOf(Pager pager)
    {
        var plan = pager.Plan(Order, new PageRequest { Sort = "-title,-createdAt", Limit = 1 }, TestPagers.Scope, SqlDialect.PostgreSql);
        return plan.ToPage([Boundary, Boundary]).Pagination.NextCursor!;
    }

    private sealed record Row(Guid Id, string Title, DateTime CreatedAt);
}
