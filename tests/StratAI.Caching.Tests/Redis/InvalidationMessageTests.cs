using System.Text;
using CsCheck;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Redis;

public sealed class InvalidationMessageTests
{
    [Fact]
    public void A_message_comes_back_as_it_was_written() =>
        Gen.Select(Gen.Long[0, 1L << 53], Gen.Enum<InvalidationKind>(), Gen.String[Gen.Char.AlphaNumeric, 0, 1024].Array[0, 20]).Sample((sequence, kind, names) =>
        {
            var message = InvalidationMessage.Parse([.. Encoding.ASCII.GetBytes($"{sequence}:"), .. InvalidationMessage.Body(kind, names)]);
            Assert.NotNull(message);
            Assert.Equal(sequence, message.Sequence);
            Assert.Equal(kind, message.Kind);
            Assert.Equal(names, message.Names);
        }, iter: 200);

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("12")]
    [InlineData("12:")]
    [InlineData("12:x")]
    [InlineData("12:k\0")]
    [InlineData("12:k\0\u0002a")]
    [InlineData("99999999999999999999:a")]
    public void What_is_not_a_message_is_refused(string bytes) => Assert.Null(InvalidationMessage.Parse(Encoding.Latin1.GetBytes(bytes)));
}
