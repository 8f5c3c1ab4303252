using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.Tests;

public sealed class RateLimitPartitionsTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("64:ff9b::192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%4", "fe80::/64")]
    [InlineData("::1", "::/64")]
    [InlineData(null, "none")]
    public void ByIpAddress_groups_what_one_subscriber_has(string? address, string expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);

        Assert.Equal(expected, RateLimitPartitions.ByIpAddress(context));
    }

    [Fact]
    public void ByUser_reads_sub_before_the_name_identifier_and_of_authenticated_users_alone()
    {
        Assert.Equal("ada", ByUser("test", new("sub", "ada"), new(ClaimTypes.NameIdentifier, "other")));
        Assert.Equal("ada", ByUser("test", new Claim(ClaimTypes.NameIdentifier, "ada")));
        Assert.Null(ByUser("test", new Claim(ClaimTypes.Email, "ada@example.org")));
        Assert.Null(ByUser(null, new Claim("sub", "ada")));

        static string? ByUser(string? authenticationType, params Claim[] claims) =>
            RateLimitPartitions.ByUser(new DefaultHttpContext { User = new(new ClaimsIdentity(claims, authenticationType)) });
    }
}
