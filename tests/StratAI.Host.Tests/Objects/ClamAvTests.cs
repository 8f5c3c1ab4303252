using System.Text;
using StratAI.Host.Features.Documents;
using StratAI.Host.Hosting;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Objects;

[Collection(EmbeddedShape.Name)]
public sealed class ClamAvTests(EmbeddedHost fixture)
{
    // In two parts, so that no scanner takes this file for the thing itself.
    private static readonly byte[] Eicar = Encoding.ASCII.GetBytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*");

    [Fact]
    public async Task ClamAv_decides_by_configuration_what_is_taken()
    {
        await using var daemon = new ScriptedClamAv();
        await using var deployment = await ObjectDeployment.CreateAsync(fixture, null, ("Uploads:ClamAv:Address", daemon.Address));
        var user = await deployment.Host.SignInAsync("ada");

        var clean = await user.UploadAsync("a.txt", [.. Enumerable.Repeat((byte)'x', 200_000)]);
        var malware = await user.UploadAsync("a.txt", Eicar);
        var tooLarge = await user.UploadAsync("a.txt", [.. Enumerable.Repeat((byte)'x', 3_000_000)]);

        Assert.Equal(201, clean.Status);
        Assert.Equal((422, "rejected", "The file holds malware: Eicar-Test-Signature."), (malware.Status, malware.Code, malware.Body!["detail"]!.GetValue<string>()));
        Assert.Equal((503, "scan-failed"), (tooLarge.Status, tooLarge.Code));
        await deployment.AssertAllIsOwnedAsync(1);

        await daemon.DisposeAsync();
        var unjudged = await user.UploadAsync("a.txt", "text"u8.ToArray());
        Assert.Equal((503, "scan-failed"), (unjudged.Status, unjudged.Code));
        await deployment.AssertAllIsOwnedAsync(1);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:clam")]
    [InlineData("localhost:3310/x")]
    public void An_address_that_is_none_stops_the_start(string address) =>
        Assert.Contains($"Uploads:ClamAv:Address is '{address}'", Assert.Throws<StartupException>(() => ClamAvScanner.At(address)).Message, StringComparison.Ordinal);
}
