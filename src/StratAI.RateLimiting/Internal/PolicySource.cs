using Microsoft.Extensions.Configuration;

namespace StratAI.RateLimiting.Internal;

/// <summary>
/// Configuration that policies are read from, and read again when it changes. Not an <c>IOptionsChangeTokenSource</c>, which would have <c>IOptionsMonitor</c>
/// read them too: there, options that are not valid throw on the thread that watches the file.
/// </summary>
internal sealed record PolicySource(string Name, IConfiguration Configuration);
