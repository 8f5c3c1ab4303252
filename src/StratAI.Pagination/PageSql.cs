using System.Data.Common;

namespace StratAI.Pagination;

/// <summary>A composed page: one command text with one or two statements, and the parameters that it adds to the caller's own.</summary>
/// <param name="Text">
/// The page statement and, when a count was asked for, after a semicolon a second one, both read by
/// <see cref="PagePlan{T}.ReadAsync(DbDataReader, Func{DbDataReader, T}, CancellationToken)"/>.
/// </param>
/// <param name="Parameters">
/// By name, without the leading <c>@</c>: <c>page_0</c>, <c>page_1</c> … Values are <see cref="int"/>, <see cref="long"/>,
/// <see cref="double"/>, <see cref="decimal"/>, <see cref="bool"/>, <see cref="string"/>, <see cref="Guid"/>, <see cref="DateTime"/> (UTC
/// or unspecified, as it was read), <see cref="DateTimeOffset"/> (offset zero), <see cref="DateOnly"/> or <see cref="TimeOnly"/>; never null.
/// Where the engine has no such type, bind them in the form in which the column stores them.
/// </param>
/// <param name="HiddenColumns">
/// How many columns of its own the page statement has behind those of the SELECT list; 0 for most pages. For readers that insist
/// on the number of columns, such as Dapper with a positional record:
/// <c>reader.GetRowParser&lt;T&gt;(length: reader.FieldCount - sql.HiddenColumns)</c>.
/// </param>
public sealed record PageSql(string Text, IReadOnlyDictionary<string, object?> Parameters, int HiddenColumns)
{
    /// <summary>Sets the command's text and adds the parameters to those that it has. The driver decides how a value is stored.</summary>
    public void Bind(DbCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.CommandText = Text;
        foreach (var (name, value) in Parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
    }
}
