using System.ComponentModel.DataAnnotations;

namespace StratAI.Host.Http;

/// <summary>A string that is one of a few; the OpenAPI document lists them.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params string[] values) : ValidationAttribute($"The value is none of {string.Join(", ", values)}.")
{
    public IReadOnlyList<string> Values => values;

    public override bool IsValid(object? value) => value is string text && values.Contains(text);
}
