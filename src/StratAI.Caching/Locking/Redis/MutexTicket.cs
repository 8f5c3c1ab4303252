using StackExchange.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <param name="Name">What is locked.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Id">The id of this acquisition, and of none other: the instance's id and a number.</param>
internal sealed record MutexTicket(string Name, RedisKey[] Keys, RedisValue Id);
