using StackExchange.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <param name="name">What is locked.</param>
/// <param name="keys">Its keys.</param>
/// <param name="id">The id of this acquisition, and of none other: the instance's id and a number.</param>
internal sealed class MutexTicket(string name, RedisKey[] keys, RedisValue id)
{
    private readonly Lock _gate = new();
    private bool _abandoned;

    public string Name => name;

    public RedisKey[] Keys => keys;

    public RedisValue Id => id;

    /// <summary>Nothing is asked for any more. What was asked before is before in the client's queue too, and so before what undoes it.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
        }
    }

    /// <summary>Puts a question into the client's queue.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for the answer any more: the question would acquire what nobody gives back.</exception>
    public Task<RedisResult> Ask(Func<Task<RedisResult>> send)
    {
        lock (_gate)
        {
            return _abandoned ? throw new OperationCanceledException() : send();
        }
    }
}
