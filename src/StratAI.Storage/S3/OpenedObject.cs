namespace StratAI.Storage.S3;

/// <summary>An object whose headers are here and whose body is on its way.</summary>
internal sealed record OpenedObject(ObjectInfo Info, ByteRange? Served, HttpResponseMessage Response, Stream Body);
