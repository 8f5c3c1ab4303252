using System.Diagnostics.Metrics;
using StratAI.Host.Database;
using StratAI.Storage;
using StratAI.Storage.Imaging;
using StratAI.Storage.Migration;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>The migration of <c>documents.content_base64</c>: one engine for the command, the job and the reads meanwhile.</summary>
internal sealed class ImageMigrations(
    AppDatabase database, ObjectLedger ledger, IObjectStore objects, UploadGate gate, ImageInspector inspector, IMeterFactory meters, TimeProvider time, ILogger<ColumnMigration> logger)
{
    private ColumnMigration? _shared;

    /// <summary>What single rows are read and moved with.</summary>
    public ColumnMigration Shared => _shared ??= Create(options => options);

    public ColumnMigration Create(Func<ColumnMigrationOptions, ColumnMigrationOptions> adjust) => new(
        new(database.IsDistributed ? SqlFlavour.PostgreSql : SqlFlavour.Sqlite, async cancellation => await database.OpenAsync(cancellation))
        {
            WriteTurn = database.TakeWriteTurnAsync,
        },
        objects,
        gate,
        meters,
        adjust(new()
        {
            Table = "documents",
            DataColumn = "content_base64",
            KeyColumn = "object_key",
            SizeColumn = "size",
            Sha256Column = "sha256",
            ContentTypeColumn = "content_type",
            StateTable = "document_migrations",
            MaximumBytes = DocumentUpload.MaximumBytes,
            NewKey = id => $"documents/{Guid.Parse(id):N}-{Guid.NewGuid():N}",
        }),
        new MigrationLedger(database, ledger, inspector, time),
        time,
        logger);

    /// <summary>A document's id as this database's driver takes it.</summary>
    public object IdOf(Guid id) => database.IsDistributed ? id : id.ToString("D");
}
