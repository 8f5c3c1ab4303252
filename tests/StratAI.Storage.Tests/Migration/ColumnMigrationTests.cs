using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Migration;

public sealed class PostgresToFilesMigrationTests(PostgresLegacy database) : ColumnMigrationContract(database, TestStorage.OnFiles()), IClassFixture<PostgresLegacy>;

public sealed class PgBouncerToS3MigrationTests(PgBouncerLegacy database) : ColumnMigrationContract(database, TestStorage.OnS3()), IClassFixture<PgBouncerLegacy>;

public sealed class SqliteToFilesMigrationTests(SqliteLegacy database) : ColumnMigrationContract(database, TestStorage.OnFiles()), IClassFixture<SqliteLegacy>;

public sealed class SqliteToS3MigrationTests(SqliteLegacy database) : ColumnMigrationContract(database, TestStorage.OnS3()), IClassFixture<SqliteLegacy>;
