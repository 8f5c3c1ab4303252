using CsCheck;

namespace StratAI.Caching.Tests;

public sealed class CacheScopeTests
{
    /// <summary>What could be mistaken for each other: separators, and what they become.</summary>
    private static readonly string[] Pieces = ["/", "%2F", ":", "%3A", "%", "%25", "a", "25", "user:a", "user", "tenant:a"];

    private static readonly Gen<string> Names = Gen.Int[0, Pieces.Length - 1].Array[1, 2].Select(pieces => string.Concat(pieces.Select(i => Pieces[i])));

    private static readonly Gen<(int Kind, string Tenant, string User, string[] Parts)> Owned =
        Gen.Select(Gen.Int[0, 3], Names, Names, Names.Array[1, 3]);

    [Fact]
    public void Different_owners_or_parts_never_have_the_same_key() => Gen.Select(Owned, Owned).Sample(
        (one, other) => Assert.Equal(Plain(one) == Plain(other), Key(one).Value == Key(other).Value), iter: 20_000);

    [Fact]
    public void A_key_carries_the_tags_of_its_owners_and_no_key_of_everybody_looks_like_one_of_them() => Owned.Sample(
        owned =>
        {
            var tags = Key(owned).Tags;
            Assert.Equal(owned.Kind switch { 0 => 0, 3 => 2, _ => 1 }, tags.Length);
            Assert.All(tags, tag => Assert.StartsWith(tag + "/", Key(owned).Value, StringComparison.Ordinal));
            Assert.DoesNotContain(':', CacheScope.Everybody.Key(owned.Parts).Value);
        },
        iter: 2000);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Nobody_has_no_scope(string? id)
    {
        Assert.ThrowsAny<ArgumentException>(() => CacheScope.User(id!));
        Assert.ThrowsAny<ArgumentException>(() => CacheScope.Tenant(id!));
        Assert.ThrowsAny<ArgumentException>(() => CacheScope.User("1").ForUser(id!));
        Assert.ThrowsAny<ArgumentException>(() => CacheScope.Everybody.Key(id!));
        Assert.Throws<ArgumentException>(() => CacheScope.Everybody.Key());
    }

    private static CacheKey Key((int Kind, string Tenant, string User, string[] Parts) owned) => (owned.Kind switch
    {
        0 => CacheScope.Everybody,
        1 => CacheScope.User(owned.User),
        2 => CacheScope.Tenant(owned.Tenant),
        _ => CacheScope.Tenant(owned.Tenant).ForUser(owned.User),
    }).Key(owned.Parts);

    /// <summary>What makes one key differ from another, with separators that no name holds.</summary>
    private static string Plain((int Kind, string Tenant, string User, string[] Parts) owned) =>
        $"{owned.Kind}|{(owned.Kind is 2 or 3 ? owned.Tenant : "")}|{(owned.Kind is 1 or 3 ? owned.User : "")}|{string.Join('|', owned.Parts)}";
}
