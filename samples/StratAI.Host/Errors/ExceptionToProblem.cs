using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using StackExchange.Redis;
using StratAI.Host.Database;
using StratAI.Storage;

namespace StratAI.Host.Errors;

/// <summary>Turns what escaped an endpoint into a problem: bad input into 400s that name the field, a lost server into 503, the rest into 500.</summary>
internal sealed partial class ExceptionToProblem(ILogger<ExceptionToProblem> logger) : IExceptionHandler
{
    private static readonly TimeSpan OutageRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);

    private const int ForeignKeyViolation = 787;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read an answer, and a client that went away is no error of the server's.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        await ProblemFor(exception).ExecuteAsync(httpContext);
        return true;
    }

    private Problem ProblemFor(Exception exception)
    {
        switch (exception)
        {
            case ProblemException { Problem: var problem }:
                return problem;
            case BadHttpRequestException { InnerException: JsonException json }:
                return ForJson(json);
            case BadHttpRequestException { StatusCode: 413 }:
                return new(413, "too-large", "The request body is larger than this endpoint takes.");
            case BadHttpRequestException { StatusCode: 408 }:
                return new(408, "request-timeout", "The request body came too slowly. Nothing was stored.");
            case BadHttpRequestException { StatusCode: 415 }:
            // The one fault of a body that binding reports by no exception of its own.
            case InvalidOperationException unknown when unknown.Message.Contains("content type charset", StringComparison.Ordinal):
                return new(415, "unsupported-media-type", "The request's Content-Type is not one this endpoint takes.");
            case BadHttpRequestException bad when BindingFailure().Match(bad.Message) is { Success: true } failure:
                return Problem.Validation(JsonNamingPolicy.CamelCase.ConvertName(failure.Groups["name"].Value), "The value has the wrong form.");
            case BadHttpRequestException bad when bad.Message.EndsWith("was not provided from body.", StringComparison.Ordinal)
                || bad.Message.Contains("but no body was provided.", StringComparison.Ordinal):
                return Problem.Validation("$", "The request needs a JSON object as its body.");
            case BadHttpRequestException bad:
                return new(bad.StatusCode, "bad-request", "The request is incomplete or malformed.");
            case PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } or SqliteException { SqliteExtendedErrorCode: ForeignKeyViolation }:
                return new(409, "conflict", "Something this request refers to has just been deleted.");
            case ObjectStoreException { Failure: ObjectStoreFailure.Corrupt } damaged:
                LogDamaged(damaged.Message);
                return new(500, "content-damaged", "The content is damaged where it is stored.");
            default:
                if (ForOutage(exception) is { } outage)
                {
                    LogUnavailable(exception);
                    return outage;
                }

                LogUnhandled(exception);
                return new(500, "internal-error", "The server failed to answer this request. The traceId helps to find out why.");
        }
    }

    /// <summary>The problem, if the exception says that a server the request needs is not there.</summary>
    internal static Problem? ForOutage(Exception exception) => exception switch
    {
        DatabaseBusyException => new(503, "database-busy", "All of this instance's database connections are in use. Try again shortly.") { RetryAfter = BusyRetry },
        DbException { IsTransient: true } or DbException { InnerException: SocketException or TimeoutException }
            // Connection exceptions, class 08: what a pooler answers for a server that it cannot reach.
            or PostgresException { SqlState: ['0', '8', ..] }
            // What the server itself ends, where it has a statement_timeout.
            or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }
            or ObjectStoreException { Failure: ObjectStoreFailure.Unavailable or ObjectStoreFailure.Full }
            or RedisConnectionException or RedisTimeoutException
            => new(503, "unavailable", "A server this request needs does not answer. Try again shortly.") 
            {
                RetryAfter = (exception as ObjectStoreException)?.RetryAfter is { } asked && asked > OutageRetry ? asked : OutageRetry,
            },
        _ => null,
    };

    /// <summary>What a body that System.Text.Json refused is told. Its reader's error type is internal, and unknown properties have none.</summary>
    internal static Problem ForJson(JsonException exception)
    {
        if (exception.LineNumber is null)
        {
            // The one fault that is found only when the document is whole.
            return new(400, "malformed-json", "The body names a property twice.");
        }

        if (exception.InnerException?.GetType().Name == "JsonReaderException" || exception.Path is null)
        {
            return new(400, "malformed-json", $"The body is not JSON: it goes wrong at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }

        var field = exception.Path is "$" or "" ? "$" : exception.Path.TrimStart('$').TrimStart('.');
        if (exception.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            return UnknownProperty(field);
        }

        return Problem.Validation(field, "The value is missing, given twice, or of the wrong type.");
    }

    internal static Problem UnknownProperty(string field) => new(400, "unknown-property", $"The body has a property this endpoint does not know: '{field}'.")
    {
        Errors = new Dictionary<string, string[]> { [field] = ["Unknown property."] },
    };

    // The parameter's name is only in the message.
    [GeneratedRegex("^Failed to bind parameter \"(.* )?(?<name>\\w+)\" from")]
    private static partial Regex BindingFailure();

    [LoggerMessage(1, LogLevel.Error, "A request failed.")]
    private partial void LogUnhandled(Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "What was asked for is damaged where it is stored: {Reason}")]
    private partial void LogDamaged(string reason);

    [LoggerMessage(2, LogLevel.Warning, "A server that a request needs does not answer.")]
    private partial void LogUnavailable(Exception exception);
}
