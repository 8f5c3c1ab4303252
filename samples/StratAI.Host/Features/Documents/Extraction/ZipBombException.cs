namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>A file that is small and would become too large.</summary>
internal sealed class ZipBombException() : Exception("The file holds more than is read of one.");
