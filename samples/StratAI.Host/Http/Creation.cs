using StratAI.Host.Database;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>
/// What a creating request does last: say its answer. One with an <c>Idempotency-Key</c> stores it in the transaction that makes the resource, so that there is
/// never the one without the other, whenever the process dies. A parameter of endpoints that are <see cref="Idempotency.Idempotent"/>.
/// </summary>
internal sealed class Creation(ClaimedKey? key)
{
    private static readonly Creation WithoutKey = new(null);

    public static ValueTask<Creation> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Creation>() ?? WithoutKey);

    /// <summary>The answer, once <paramref name="work"/> is committed.</summary>
    /// <param name="work">The transaction that makes the resource.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="fingerprint">Of a body that was read as it arrived; of any other it is known.</param>
    /// <exception cref="ProblemException">The key's lease has ended and another request has it: nothing is to be kept of this one.</exception>
    public async Task<CreatedResource<T>> AnswerAsync<T>(UnitOfWork work, CreatedResource<T> answer, string? fingerprint = null)
    {
        if (key is not null && !await IdempotencyStore.AnswerAsync(work, key, answer.ToStored(fingerprint ?? key.Fingerprint!)))
        {
            throw new ProblemException(IdempotencyStore.InProgress());
        }

        return answer;
    }

    /// <summary>The same in a transaction of its own, for what may be done twice without harm.</summary>
    public async Task<CreatedResource<T>> AnswerAsync<T>(AppDatabase database, CreatedResource<T> answer, CancellationToken cancellation) =>
        key is null ? answer : await database.WriteAsync(work => AnswerAsync(work, answer), cancellation);
}
