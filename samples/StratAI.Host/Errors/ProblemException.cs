namespace StratAI.Host.Errors;

/// <summary>Ends a request with <see cref="Problem"/> from a place that cannot return a result: reading a body.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem => problem;
}
