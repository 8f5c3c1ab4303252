namespace StratAI.Storage.Migration.Internal;

/// <summary>What the steps share.</summary>
internal sealed record MigrationParts(
    ColumnMigrationOptions Options, MigrationDatabase Database, LegacyTable Table, StateTable State, ColumnReader Columns, IObjectStore Store, IMigrationLedger Ledger);
