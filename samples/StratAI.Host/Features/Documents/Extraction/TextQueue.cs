using StratAI.Host.Database;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>
/// The documents whose text is still to be read, which the database's triggers put here. Who takes one has a lease on it: when it dies, another one may
/// try, and after three such tries nobody does.
/// </summary>
internal sealed class TextQueue(AppDatabase database, TimeProvider time)
{
    public const int MaximumAttempts = 3;

    /// <summary>Longer than it takes to fetch a document, read it, and say so.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private const string SelectDocument = $"SELECT {DocumentResource.Columns}, d.object_key FROM documents d WHERE d.id = @DocumentId";

    /// <summary>Takes the newest document that waits: somebody is about to ask for it.</summary>
    public Task<TextClaim?> ClaimAsync(CancellationToken cancellation) => database.WriteAsync(
        async work =>
        {
            while (await TakeAsync(work) is { } claim)
            {
                if (claim.Attempts <= MaximumAttempts)
                {
                    return claim with { Document = (await work.FindAsync<DocumentResource>(SelectDocument, claim))! };
                }

                await work.ExecuteAsync("UPDATE document_texts SET state = 'failed', reason = 'Abandoned' WHERE document_id = @DocumentId", claim);
            }

            return null;
        },
        cancellation);

    /// <summary>Keeps the text, unless somebody else has taken the document over. One without a word is kept as none.</summary>
    public Task<bool> CompleteAsync(TextClaim claim, DocumentText text, CancellationToken cancellation) => database.WriteAsync(
        async work =>
        {
            // The document first, as whoever deletes it locks that first.
            var kept = !text.IsBlank && await work.ExecuteAsync("UPDATE documents SET text = @text WHERE id = @DocumentId", new { text, claim.DocumentId }) == 1;
            if (await work.ExecuteAsync("DELETE FROM document_texts WHERE document_id = @DocumentId AND attempts = @Attempts AND state = 'pending'", claim) == 1)
            {
                return kept;
            }

            work.Abandon();
            return false;
        },
        cancellation);

    /// <summary>Nobody tries again.</summary>
    public Task FailAsync(TextClaim claim, TextFailure reason, CancellationToken cancellation) => database.ExecuteAsync(
        "UPDATE document_texts SET state = 'failed', reason = @reason WHERE document_id = @DocumentId AND attempts = @Attempts AND state = 'pending'",
        new { reason = $"{reason}", claim.DocumentId, claim.Attempts }, cancellation);

    /// <summary>It is tried again in a minute.</summary>
    /// <param name="claim">What was tried.</param>
    /// <param name="counts">Whether that was one of its three tries, and not an outage.</param>
    /// <param name="cancellation">Ends it; then the lease does.</param>
    public Task PutOffAsync(TextClaim claim, bool counts, CancellationToken cancellation) => database.ExecuteAsync(
        "UPDATE document_texts SET attempts = @left, due_at = @due WHERE document_id = @DocumentId AND attempts = @Attempts AND state = 'pending'",
        new { left = counts ? claim.Attempts : claim.Attempts - 1, due = time.Now() + Pause, claim.DocumentId, claim.Attempts }, cancellation);

    private Task<TextClaim?> TakeAsync(UnitOfWork work) => work.FindAsync<TextClaim>(
        $"""
        UPDATE document_texts SET attempts = attempts + 1, due_at = @end
        WHERE document_id = (
            SELECT document_id FROM document_texts WHERE state = 'pending' AND due_at <= @now ORDER BY document_id DESC LIMIT 1{work.Dialect.SkipLocked})
        RETURNING document_id, attempts, (SELECT d.user_id FROM documents d WHERE d.id = document_id) AS user_id
        """,
        new { now = time.Now(), end = time.Now() + Lease });
}

/// <summary>A document that is somebody's to read.</summary>
internal sealed record TextClaim
{
    public Guid DocumentId { get; init; }

    /// <summary>Whose it is.</summary>
    public string UserId { get; init; } = "";

    /// <summary>How often it was taken; also tells this claim from later ones.</summary>
    public int Attempts { get; init; }

    public DocumentResource Document { get; init; } = null!;
}
