using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StratAI.Pagination.Internal;

internal static class PagerFactory
{
    public static Pager Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<PaginationOptions>>().Get(name);
        return new(
            options.UsesDataProtection
                ? new DataProtectionCursorProtector(services.GetRequiredService<IDataProtectionProvider>().CreateProtector(
                    DataProtectionCursorProtector.Purpose, name.Length == 0 ? [] : [name]))
                : new AesCursorProtector(CursorKeyRing.Create(options, services.GetRequiredService<ILogger<Pager>>())),
            services.GetRequiredService<PaginationMetrics>());
    }
}
