using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>A request body whose data annotations are checked before its endpoint runs.</summary>
internal interface IRequestBody;

internal static class Validation
{
    /// <summary>Refuses bodies that break their annotations, for every endpoint of the group.</summary>
    public static RouteGroupBuilder ValidateBodies(this RouteGroupBuilder group) =>
        group.AddEndpointFilter((context, next) =>
        {
            foreach (var argument in context.Arguments)
            {
                if (argument is IRequestBody body && Check(body) is { } problem)
                {
                    return ValueTask.FromResult<object?>(problem);
                }
            }

            return next(context);
        });

    /// <summary>The problem with <paramref name="body"/>, or null when it keeps to its bounds.</summary>
    public static Problem? Check(IRequestBody body)
    {
        var errors = new Dictionary<string, string[]>();
        Collect(body, "", errors);
        return errors.Count > 0 ? Problem.Validation(errors) : null;
    }

    private static void Collect(IRequestBody body, string prefix, Dictionary<string, string[]> errors)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(body, new ValidationContext(body), results, validateAllProperties: true);
        foreach (var field in results.SelectMany(result => result.MemberNames.DefaultIfEmpty("$"), (result, member) => (member, result.ErrorMessage)).GroupBy(pair => pair.member))
        {
            errors[prefix + JsonNamingPolicy.CamelCase.ConvertName(field.Key)] = [.. field.Select(pair => pair.ErrorMessage ?? "Invalid.")];
        }

        foreach (var property in body.GetType().GetProperties().Where(property => typeof(IEnumerable<IRequestBody>).IsAssignableFrom(property.PropertyType)))
        {
            var index = 0;
            foreach (var item in (IEnumerable?)property.GetValue(body) ?? Array.Empty<IRequestBody>())
            {
                var at = $"{prefix}{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}[{index++}]";
                if (item is IRequestBody nested)
                {
                    Collect(nested, at + ".", errors);
                }
                else
                {
                    errors[at] = ["The value is missing, given twice, or of the wrong type."];
                }
            }
        }
    }
}
