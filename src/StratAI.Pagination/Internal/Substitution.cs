using System.Linq.Expressions;

namespace StratAI.Pagination.Internal;

/// <summary>Puts an expression where a lambda has its parameter.</summary>
internal sealed class Substitution(ParameterExpression parameter, Expression replacement) : ExpressionVisitor
{
    public static Expression Of(LambdaExpression lambda, params ReadOnlySpan<Expression> arguments)
    {
        var body = lambda.Body;
        for (var i = 0; i < arguments.Length; i++)
        {
            body = new Substitution(lambda.Parameters[i], arguments[i]).Visit(body);
        }

        return body;
    }

    protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? replacement : node;
}
