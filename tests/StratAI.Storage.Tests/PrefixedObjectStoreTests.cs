using CsCheck;
using StratAI.Storage.Internal;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>A part of a store is a store, by the whole contract, and nothing beyond it can be reached.</summary>
public abstract class PrefixedObjectStoreTests : ObjectStoreContract
{
    private readonly string _tenant = $"tenants/{Guid.NewGuid():N}/";

    protected PrefixedObjectStoreTests(TestStorage storage)
        : base(storage)
    {
        Store = storage.Store.WithPrefix(_tenant);
        Signer = storage.Signer.WithPrefix(_tenant);
    }

    protected override IObjectStore Store { get; }

    protected override IUrlSigner Signer { get; }

    protected override int MaximumKeyBytes => 1024 - _tenant.Length;

    private IObjectStore Whole => Storage.Store;

    [Fact]
    public async Task Its_objects_lie_below_the_prefix_and_no_others_are_seen()
    {
        var neighbour = _tenant[..^1] + "0/";
        await Whole.PutTextAsync(neighbour + "a", "another tenant's");
        await Whole.PutTextAsync(_tenant + "a", "mine");
        await Store.PutTextAsync("b", "mine too");

        Assert.Equal(["a", "b"], (await Store.ListAsync("").ToListAsync()).Select(info => info.Key));
        Assert.Equal(["b"], (await Store.ListAsync("", "a").ToListAsync()).Select(info => info.Key));
        Assert.Equal("mine", await Store.ReadTextAsync("a"));
        Assert.Equal("mine too", await Whole.ReadTextAsync(_tenant + "b"));
        Assert.Equal("b", (await Store.CopyAsync("a", "b"))!.Key);
        Assert.Equal("mine", await Whole.ReadTextAsync(_tenant + "b"));

        Assert.Empty(await Store.DeleteManyAsync(["a", "b", "none"]));
        await Store.DeleteAsync("a");
        Assert.Equal([neighbour + "a"], (await Whole.ListAsync(_tenant[..^1]).ToListAsync()).Select(info => info.Key));
    }

    [Fact]
    public async Task Parts_have_parts()
    {
        var part = Store.WithPrefix("users/").WithPrefix("7/");

        await part.PutTextAsync("a", "deep");

        Assert.Equal("deep", await Whole.ReadTextAsync(_tenant + "users/7/a"));
        Assert.Equal("a", Assert.Single(await part.ListAsync("").ToListAsync()).Key);
        Assert.Equal("a", (await part.StatAsync("a"))!.Key);
    }

    [Fact]
    public async Task No_key_leads_out_of_it()
    {
        await Whole.PutTextAsync("outside", "not to be seen");
        foreach (var key in new[] { "../../outside", "..", "../outside", "a/../../../outside", "/outside", "./outside", "a//b", "", "a/" })
        {
            await Store.GetAsync(key).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.StatAsync(key).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.PutTextAsync(key, "x").FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.CopyAsync(key, "a").FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.CopyAsync("a", key).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.DeleteAsync(key).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.DeleteManyAsync([key]).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Signer.SignGetAsync(key, TimeSpan.FromMinutes(1)).FailsWithAsync(ObjectStoreFailure.InvalidKey);
        }

        foreach (var start in new[] { "../", "/", ".." })
        {
            Assert.Empty(await Store.ListAsync(start).ToListAsync());
        }
    }

    [Fact]
    public async Task Its_urls_name_the_whole_key() =>
        Assert.Contains($"/{_tenant}a%20b?", (await Signer.SignGetAsync("a b", TimeSpan.FromMinutes(1))).Url.OriginalString, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("tenants/42")]
    [InlineData("/tenants/")]
    [InlineData("tenants//")]
    [InlineData("tenants/../")]
    [InlineData("a\n/")]
    public void A_prefix_is_a_key_and_a_slash(string prefix)
    {
        Assert.Throws<ArgumentException>(() => Whole.WithPrefix(prefix));
        Assert.Throws<ArgumentException>(() => Storage.Signer.WithPrefix(prefix));
    }
}

public sealed class PrefixedFilesTests() : PrefixedObjectStoreTests(TestStorage.OnFiles())
{
    protected override string ExpectedMode => "embedded";

    [Fact]
    public void Whatever_the_key_the_whole_one_is_below_the_prefix_or_refused() =>
        Gen.String[Gen.Char["a./\\%~\0é"], 0, 12].Sample(key =>
        {
            try
            {
                var whole = new KeyPrefix("t/1/").Add(key);
                return whole.StartsWith("t/1/", StringComparison.Ordinal) && ObjectKey.IsValid(whole) && !whole.Split('/').Contains("..");
            }
            catch (ObjectStoreException exception)
            {
                return exception.Failure == ObjectStoreFailure.InvalidKey && !ObjectKey.IsValid(key);
            }
        });
}

public sealed class PrefixedS3Tests() : PrefixedObjectStoreTests(TestStorage.OnS3())
{
    protected override string ExpectedMode => "distributed";
}
