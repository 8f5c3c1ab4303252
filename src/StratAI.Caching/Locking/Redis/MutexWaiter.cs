namespace StratAI.Caching.Locking.Redis;

/// <summary>One acquisition until it has ended, by success or not.</summary>
internal sealed class MutexWaiter(long number, MutexTicket ticket)
{
    private TaskCompletionSource<long> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Number => number;

    public MutexTicket Ticket => ticket;

    /// <summary>Whether Redis was asked for a place in the queue.</summary>
    public bool HasPlace { get; set; }

    /// <summary>Whether Redis was asked for something and has not answered.</summary>
    public bool IsUnsure { get; set; }

    /// <summary>Ends with the fencing token of a grant.</summary>
    public Task<long> Granted => Volatile.Read(ref _granted).Task;

    public void Grant(long token) => Volatile.Read(ref _granted).TrySetResult(token);

    /// <summary>Makes it wait for another grant. One that comes meanwhile may be missed; so the caller asks Redis after this.</summary>
    public void Forget()
    {
        if (_granted.Task.IsCompleted)
        {
            Volatile.Write(ref _granted, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
