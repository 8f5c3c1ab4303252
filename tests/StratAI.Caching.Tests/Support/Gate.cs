namespace StratAI.Caching.Tests.Support;

/// <summary>A factory that says when it has begun and ends when it is told to.</summary>
public sealed class Gate<T>
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Begun => _begun.Task.WaitAsync(TimeSpan.FromSeconds(15));

    public CancellationToken Token { get; private set; }

    public int Runs { get; private set; }

    public async ValueTask<T> Run(CancellationToken cancellationToken)
    {
        (Token, Runs) = (cancellationToken, Runs + 1);
        _begun.TrySetResult();
        return await _result.Task.WaitAsync(cancellationToken);
    }

    public void Open(T value) => _result.TrySetResult(value);

    public void Fail(Exception error) => _result.TrySetException(error);
}
