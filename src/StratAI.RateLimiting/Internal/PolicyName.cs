using System.Buffers;

namespace StratAI.RateLimiting.Internal;

/// <summary>
/// Policy names are RFC 9651 tokens: they stand unescaped between the quotes of a header, and cannot close the hash tag of a Redis key.
/// </summary>
internal static class PolicyName
{
    public const int MaxLength = 64;
    public const string Rule = "an RFC 9651 token of 1 to 64 characters";

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> First = SearchValues.Create(Letters + "*");
    private static readonly SearchValues<char> Rest = SearchValues.Create(Letters + "0123456789!#$%&'*+-.^_`|~:/");

    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && First.Contains(name[0]) && !name.AsSpan(1).ContainsAnyExcept(Rest);
}
