using System.Reflection;
using StratAI.Storage;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A store whose reads wait for the test.</summary>
public class HeldStore : DispatchProxy
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IObjectStore _inner = null!;

    public Task Asked => _asked.Task;

    public static (IObjectStore Store, HeldStore Control) Over(IObjectStore inner)
    {
        var store = Create<IObjectStore, HeldStore>();
        var control = (HeldStore)(object)store;
        control._inner = inner;
        return (store, control);
    }

    public void Go() => _go.TrySetResult();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IObjectStore.GetAsync) ? GetAsync(targetMethod, args) : targetMethod.Invoke(_inner, args);

    private async Task<ObjectContent?> GetAsync(MethodInfo method, object?[]? args)
    {
        _asked.TrySetResult();
        await _go.Task;
        return await (Task<ObjectContent?>)method.Invoke(_inner, args)!;
    }
}
