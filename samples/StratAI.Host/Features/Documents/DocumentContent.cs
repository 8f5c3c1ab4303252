using StratAI.Host.Errors;
using StratAI.Host.Features.Documents.Migration;
using StratAI.Storage.Migration;

namespace StratAI.Host.Features.Documents;

/// <summary>The bytes of documents, wherever they are: in the object store, or still in the database as base64.</summary>
internal sealed class DocumentContent(ImageMigrations migrations, DocumentStore documents)
{
    private static readonly TimeSpan MoveRetry = TimeSpan.FromSeconds(1);

    /// <summary>A store with the document's bytes alone, to be read under any key and then disposed.</summary>
    public DualRead Open(DocumentResource document) => migrations.Shared.OpenRow(migrations.IdOf(document.Id), document.ObjectKey, document.CreatedAt);

    /// <summary>Sees to it that the document's bytes are in the object store, for what cannot do without: the document with its key, or why there is none.</summary>
    public async Task<(DocumentResource? Document, Problem? Problem)> StoreAsync(DocumentResource document, string userId, CancellationToken cancellation)
    {
        if (document.ObjectKey is not null)
        {
            return (document, null);
        }

        switch (await migrations.Shared.MoveRowAsync(migrations.IdOf(document.Id), cancellation))
        {
            case MoveOutcome.Moved when await documents.FindAsync(document.Id, userId, cancellation) is { ObjectKey: not null } moved:
                return (moved, null);
            case MoveOutcome.Quarantined:
                return (null, new Problem(409, "content-unusable", "The document's content is damaged or of a type that is not taken; it can only be read as it is."));
            case MoveOutcome.Busy:
                return (null, new Problem(503, "unavailable", "The document's content is being moved. Try again shortly.") { RetryAfter = MoveRetry });
            default:
                return (null, Problem.NotFound());
        }
    }
}
