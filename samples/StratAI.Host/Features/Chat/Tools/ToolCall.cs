using StratAI.Host.Features.Areas;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>One call of a tool by the model.</summary>
/// <param name="UserId">For whom: a tool sees and changes what this user may.</param>
/// <param name="AnswerId">The answer it belongs to.</param>
/// <param name="CallId">The model's name for it; a call that is repeated has the same one.</param>
/// <param name="Place">Where the conversation is kept.</param>
internal sealed record ToolCall(string UserId, Guid AnswerId, string CallId, Place Place);
