using System.Runtime.ExceptionServices;

namespace StratAI.Storage.S3;

/// <summary>Carries what the caller's stream threw past those who judge the server by its failures.</summary>
internal sealed class SourceFailedException(ExceptionDispatchInfo failure) : Exception
{
    public ExceptionDispatchInfo Failure => failure;
}
