using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>The command <c>doctor</c>, in a process of its own beside the deployment that it examines.</summary>
public abstract class DoctorTests(HostFixture host)
{
    [Fact]
    public async Task It_tells_what_the_store_can_do_and_which_features_will_work()
    {
        var (exitCode, output, errors) = await HostCommand.RunAsync(host.SettingsApart(), "doctor");

        Assert.True(exitCode == 0, output + errors);
        Assert.StartsWith(host.IsDistributed ? "Objects: S3 (distributed)" : "Objects: files (embedded)", output, StringComparison.Ordinal);
        Assert.Contains("ok             byte range                           Just the bytes asked for.", output, StringComparison.Ordinal);
        Assert.Contains("\nWorks: storing, reading and deleting; ", output, StringComparison.Ordinal);
        Assert.Equal(host.IsDistributed, output.Contains("\nDoes not work: direct uploads from browsers.", StringComparison.Ordinal));
        Assert.Equal(host.IsDistributed, output.Contains("presigned GET", StringComparison.Ordinal));
        Assert.DoesNotContain("MISSING", output, StringComparison.Ordinal);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : DoctorTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : DoctorTests(host)
    {
        private readonly HostFixture _host = host;

        [Fact]
        public async Task A_store_that_refuses_the_secret_is_exit_code_1_without_telling_the_secret()
        {
            var (exitCode, output, errors) = await HostCommand.RunAsync(_host.SettingsApart(("Storage:S3:SecretKey", "not-the-secret")), "doctor");

            Assert.Equal(1, exitCode);
            Assert.Contains("FAILED         write, read, look up, delete ", output, StringComparison.Ordinal);
            Assert.Contains("\nNot known: storing, reading and deleting; ", output, StringComparison.Ordinal);
            Assert.DoesNotContain("not-the-secret", output + errors, StringComparison.Ordinal);
        }
    }
}
