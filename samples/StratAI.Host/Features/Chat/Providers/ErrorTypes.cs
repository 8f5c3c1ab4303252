using System.Text.Json;

namespace StratAI.Host.Features.Chat.Providers;

/// <summary>The types of errors in both protocols: <c>{ "error": { "type": "overloaded_error", "message": … } }</c>.</summary>
internal static class ErrorTypes
{
    public const string None = "no type";

    public static string Of(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out var error) ? OfError(error) : None;

    public static string OfError(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && type.GetString() is { Length: > 0 and <= 64 } word && word.All(character => char.IsAsciiLetter(character) || character == '_') ? word : None;

    /// <summary>An error that came in a stream, after its status had been 200.</summary>
    public static ModelException InStream(string type)
    {
        var fault = type switch
        {
            "overloaded_error" or "rate_limit_error" or "rate_limit_exceeded" => ModelFault.Overloaded,
            "timeout_error" => ModelFault.TimedOut,
            "invalid_request_error" or "authentication_error" or "permission_error" or "not_found_error" => ModelFault.Rejected,
            _ => ModelFault.Unavailable,
        };
        return new(fault, $"The model's stream reported an error ({type}).") { IsPassing = fault is ModelFault.Overloaded or ModelFault.Unavailable };
    }
}
