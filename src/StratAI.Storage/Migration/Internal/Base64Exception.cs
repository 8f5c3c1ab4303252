namespace StratAI.Storage.Migration.Internal;

/// <summary>A text is not base64. The message says what is wrong, fit to be kept as the reason.</summary>
internal sealed class Base64Exception(string message) : Exception(message);
