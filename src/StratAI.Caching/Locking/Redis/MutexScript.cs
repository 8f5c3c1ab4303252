using System.Security.Cryptography;
using System.Text;

namespace StratAI.Caching.Locking.Redis;

/// <summary>A script, and what Redis calls it. By its text, the client would look for the name on every call, which takes longer the longer the text is.</summary>
internal sealed class MutexScript(string text)
{
    public string Text => text;

#pragma warning disable CA5350 // What Redis calls a script is its SHA-1.
    public byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}
