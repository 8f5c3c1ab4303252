using Microsoft.Extensions.Options;
using StratAI.Host.Database;
using StratAI.Host.Features.Areas;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>Documents and their objects. Until its row is committed nobody can see a document, and its object is on record as pending.</summary>
internal sealed class DocumentStore(AppDatabase database, IObjectStore objects, ObjectLedger ledger, IOptions<DocumentOptions> options, TimeProvider time) : IDisposable
{
    // A text may be 2 MB in memory, and is there only while its row is written.
    private const int TextsAtOnce = 2;

    private readonly SemaphoreSlim _texts = new(TextsAtOnce);

    /// <summary>True for the documents <c>@userId</c> can see.</summary>
    public static readonly string Visible = PlaceAccess.Visible("d");

    private static readonly string Select =
        $"SELECT {DocumentResource.Columns}, d.object_key, {PlaceAccess.Rank("d")} FROM documents d WHERE d.id = @id AND {Visible}";

    public Task<DocumentResource?> FindAsync(Guid id, string userId, CancellationToken cancellation) =>
        database.FindAsync<DocumentResource>(Select, new { id, userId }, cancellation);

    public static Task<DocumentResource?> FindForChangeAsync(UnitOfWork work, Guid id, string userId) =>
        work.FindAsync<DocumentResource>(Select + work.Dialect.ForUpdate, new { id, userId });

    /// <summary>Stores the bytes, then the document; or, where its owner has the same bytes and they may be shared, the document alone.</summary>
    /// <param name="document">What the document's row will say.</param>
    /// <param name="upload">The bytes.</param>
    /// <param name="userId">Its owner.</param>
    /// <param name="readText">Reads the text of a document that has one.</param>
    /// <param name="answer">What else the transaction does that adds the document.</param>
    /// <param name="cancellation">Ends it; nothing is stored.</param>
    public async Task AddAsync(
        DocumentResource document, Upload upload, string userId, Func<CancellationToken, Task<DocumentText>>? readText, Func<UnitOfWork, Task>? answer,
        CancellationToken cancellation)
    {
        if (options.Value.Deduplicate && await WithTextAsync(readText, text => TryShareAsync(document, userId, text, answer, cancellation), cancellation))
        {
            return;
        }

        await ledger.BeginAsync(document.ObjectKey!, userId, ObjectLedger.UploadLimit, cancellation);
        try
        {
            await SaveAsync(upload, document.ObjectKey!, cancellation);
            await WithTextAsync(readText, text => RecordAsync(document, userId, text, answer, cancellation), cancellation);
        }
        catch
        {
            await ledger.TryAbandonAsync(document.ObjectKey!);
            throw;
        }
    }

    /// <summary>Makes a pending object that is stored by now a document.</summary>
    private Task<bool> RecordAsync(
        DocumentResource document, string userId, DocumentText? text, Func<UnitOfWork, Task>? answer, CancellationToken cancellation) => database.WriteAsync(
        async work =>
        {
            await ObjectLedger.CommitAsync(work, document.ObjectKey!, document.Sha256!, document.Size);
            await InsertAsync(work, document, userId, text);
            await (answer?.Invoke(work) ?? Task.CompletedTask);
            return true;
        },
        cancellation);

    /// <summary>
    /// The same in a transaction that has more to do. False when the document has got an equal object of its owner's: then the pending one is still to be
    /// given up.
    /// </summary>
    public async Task<bool> RecordAsync(UnitOfWork work, DocumentResource document, string userId, DocumentText? text)
    {
        switch (options.Value.Deduplicate ? await InsertSharedAsync(work, document, userId, text) : null)
        {
            case true:
                return false;
            case false:
                await work.ExecuteAsync("UPDATE documents SET object_key = @ObjectKey WHERE id = @Id", new { document.ObjectKey, document.Id });
                break;
            case null:
                await InsertAsync(work, document, userId, text);
                break;
        }

        await ObjectLedger.CommitAsync(work, document.ObjectKey!, document.Sha256!, document.Size);
        return true;
    }

    public void Dispose() => _texts.Dispose();

    /// <summary>Writes what needs a document's text, of which only a few are in memory at a time.</summary>
    public async Task<T> WithTextAsync<T>(Func<CancellationToken, Task<DocumentText>>? readText, Func<DocumentText?, Task<T>> write, CancellationToken cancellation)
    {
        if (readText is null)
        {
            return await write(null);
        }

        await _texts.WaitAsync(cancellation);
        try
        {
            using var text = await readText(cancellation);
            return await write(text);
        }
        finally
        {
            _texts.Release();
        }
    }

    private Task<bool> TryShareAsync(
        DocumentResource document, string userId, DocumentText? text, Func<UnitOfWork, Task>? answer, CancellationToken cancellation) => database.WriteAsync(
        async work =>
        {
            var shared = await InsertSharedAsync(work, document, userId, text);
            if (shared == false)
            {
                work.Abandon();
            }
            else if (shared == true)
            {
                await (answer?.Invoke(work) ?? Task.CompletedTask);
            }

            return shared == true;
        },
        cancellation);

    /// <summary>Inserts a document for an object of the same owner and bytes: null when there is none, false when it was deleted meanwhile.</summary>
    private static async Task<bool?> InsertSharedAsync(UnitOfWork work, DocumentResource document, string userId, DocumentText? text)
    {
        if (await ObjectLedger.FindSameAsync(work, userId, document.Sha256!, document.Size) is not { } key)
        {
            return null;
        }

        // The document first, as whoever deletes its space locks that first and its objects last.
        await InsertAsync(work, document with { ObjectKey = key }, userId, text);
        return await ObjectLedger.ShareAsync(work, key);
    }

    private async Task SaveAsync(Upload upload, string key, CancellationToken cancellation)
    {
        // Past it the sweeper may have been there, and nobody would know of what is stored then.
        using var limit = new CancellationTokenSource(ObjectLedger.UploadLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await upload.SaveAsync(objects, key, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw ObjectLedger.GivenUp();
        }
    }

    private static Task<int> InsertAsync(UnitOfWork work, DocumentResource document, string userId, DocumentText? text) => work.ExecuteAsync(
        """
        INSERT INTO documents (id, user_id, space_id, area_id, filename, content_type, size, sha256, kind, width, height, placeholder, object_key,
        text, created_at, updated_at)
        VALUES (@Id, @userId, @SpaceId, @AreaId, @Filename, @ContentType, @Size, @Sha256, @Kind, @Width, @Height, @Placeholder, @ObjectKey, @text, @CreatedAt, @UpdatedAt)
        """,
        new
        {
            document.Id, userId, document.SpaceId, document.AreaId, document.Filename, document.ContentType, document.Size, document.Sha256, document.Kind,
            document.Width, document.Height, document.Placeholder, document.ObjectKey, text, document.CreatedAt, document.UpdatedAt,
        });
}
