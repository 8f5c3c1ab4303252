using System.Reflection;
using StratAI.Storage;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>An object store some of whose operations fail.</summary>
public class FailingStore : DispatchProxy
{
    private IObjectStore _inner = null!;
    private string[] _failing = [];

    public static IObjectStore Over(IObjectStore inner, params string[] failing)
    {
        var store = Create<IObjectStore, FailingStore>();
        (((FailingStore)store)._inner, ((FailingStore)store)._failing) = (inner, failing);
        return store;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _failing.Contains(targetMethod!.Name)
        ? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "It fails.")
        : targetMethod.Invoke(_inner, args);
}
