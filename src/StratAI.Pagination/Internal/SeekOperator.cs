namespace StratAI.Pagination.Internal;

/// <summary>How a range compares a key with the position's value of it.</summary>
internal enum SeekOperator
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    IsNull,
    IsNotNull,
}
