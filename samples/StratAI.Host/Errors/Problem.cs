using Microsoft.AspNetCore.Mvc;

namespace StratAI.Host.Errors;

/// <summary>An error answer: RFC 9457 problem details with a stable <c>code</c>.</summary>
internal sealed class Problem(int status, string code, string detail) : IResult
{
    public int Status => status;

    public string Code => code;

    public string Detail => detail;

    /// <summary>For <c>validation-failed</c>: what is wrong, by field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>For refusals by a rate limit: the names of the policies that refused.</summary>
    public IReadOnlyList<string>? ViolatedPolicies { get; init; }

    /// <summary>A registered problem type, where there is one.</summary>
    public string? Type { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static Problem NotFound() => new(404, "not-found", "There is no such resource, or it is not yours to see.");

    public static Problem Forbidden() => new(403, "forbidden", "Your role lets you read this, not change it.");

    public static Problem PreconditionFailed() => new(412, "precondition-failed", "The resource has changed: its ETag is not the one in If-Match.");

    public static Problem PreconditionRequired() => new(428, "precondition-required", "This change needs If-Match, with the ETag of the resource it is made to.");

    public static Problem Validation(IReadOnlyDictionary<string, string[]> errors) =>
        new(400, "validation-failed", "The request has fields that are out of bounds.") { Errors = errors };

    public static Problem Validation(string field, string message) => Validation(new Dictionary<string, string[]> { [field] = [message] });

    public static string TypeOf(string code) => $"urn:problem-type:stratai:{code}";

    public ProblemDetails ToDetails()
    {
        var details = new ProblemDetails { Status = status, Type = Type ?? TypeOf(code), Detail = detail };
        details.Extensions["code"] = code;
        if (Errors is not null)
        {
            details.Extensions["errors"] = Errors;
        }

        if (ViolatedPolicies is not null)
        {
            details.Extensions["violated-policies"] = ViolatedPolicies;
        }

        return details;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        }

        await httpContext.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new() { HttpContext = httpContext, ProblemDetails = ToDetails() });
    }
}
