using StratAI.Caching.Tests.Contract;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests;

public sealed class EmbeddedReadWriteTests : ReadWriteContract<EmbeddedBackend>;

public sealed class EmbeddedFlagsTests : FlagsContract<EmbeddedBackend>;

public sealed class EmbeddedLimitsTests : LimitsContract<EmbeddedBackend>;

public sealed class EmbeddedSingleFlightTests : SingleFlightContract<EmbeddedBackend>;

public sealed class EmbeddedStaleFillTests : StaleFillContract<EmbeddedBackend>;

public sealed class EmbeddedModelTests : ModelContract<EmbeddedBackend>;

public sealed class RedisReadWriteTests : ReadWriteContract<RedisBackend>;

public sealed class RedisFlagsTests : FlagsContract<RedisBackend>;

public sealed class RedisLimitsTests : LimitsContract<RedisBackend>;

public sealed class RedisSingleFlightTests : SingleFlightContract<RedisBackend>;

public sealed class RedisStaleFillTests : StaleFillContract<RedisBackend>;

public sealed class LoneRedisStaleFillTests : StaleFillContract<LoneRedisBackend>;

public sealed class RedisModelTests : ModelContract<RedisBackend>;

public sealed class EmbeddedFailSafeTests : FailSafeContract<EmbeddedBackend>;

public sealed class EmbeddedTimeoutTests : TimeoutContract<EmbeddedBackend>;

public sealed class EmbeddedEagerRefreshTests : EagerRefreshContract<EmbeddedBackend>;

public sealed class EmbeddedBatchTests : BatchContract<EmbeddedBackend>;

public sealed class EmbeddedScopeTests : ScopeContract<EmbeddedBackend>;

public sealed class RedisFailSafeTests : FailSafeContract<RedisBackend>;

public sealed class RedisTimeoutTests : TimeoutContract<RedisBackend>;

public sealed class RedisEagerRefreshTests : EagerRefreshContract<RedisBackend>;

public sealed class RedisBatchTests : BatchContract<RedisBackend>;

public sealed class RedisScopeTests : ScopeContract<RedisBackend>;

public sealed class EmbeddedBatchFlightTests : BatchFlightContract<EmbeddedBackend>;

public sealed class RedisBatchFlightTests : BatchFlightContract<RedisBackend>;
