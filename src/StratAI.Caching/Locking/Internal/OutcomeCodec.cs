using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Locking.Internal;

/// <summary>Outcomes as bytes: whether they are encrypted, then what they are, then a value as its serialiser wrote it or a failure's two texts.</summary>
internal sealed class OutcomeCodec(CodecProvider codecs, IDataProtectionProvider? protection, ILogger logger)
{
    private const byte Plain = 1;
    private const byte Encrypted = 2;

    private const byte Null = 0;
    private const byte Value = 1;
    private const byte Failure = 2;

    public void ThrowIfSecretCannotBeKept(bool secret)
    {
        if (secret && protection is null)
        {
            throw new InvalidOperationException(
                "A secret outcome needs data protection: call services.AddDataProtection(), and give all instances the same keys and application name.");
        }
    }

    public WorkOutcome Encode<T>(T value) => codecs.Get<T>().TryEncode(value, [], out var content)
        ? new() { Value = content }
        : throw new InvalidOperationException($"The outcome, of type {typeof(T)}, cannot be serialised, or is larger than the cache's MaximumPayloadBytes.");

    public bool TryDecode<T>(WorkOutcome outcome, out T value)
    {
        value = default!;
        return outcome.Value is { } content && codecs.Get<T>().TryDecode(content, out value);
    }

    public byte[] Write(string name, WorkOutcome outcome, bool secret)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            if (outcome.Failure is { } failure)
            {
                writer.Write(Failure);
                writer.Write(failure.Code);
                writer.Write(failure.Detail);
            }
            else
            {
                writer.Write(outcome.Value!.IsNull ? Null : Value);
                writer.Write(outcome.Value.Body.Span);
            }
        }

        var body = stream.ToArray();
        return secret ? [Encrypted, .. Protector(name).Protect(body)] : [Plain, .. body];
    }

    /// <returns>
    /// <see langword="null"/> for what this instance cannot read, which counts as not there; and for what is not encrypted though it is to be, as anybody
    /// who can write to Redis may have put it there.
    /// </returns>
    public WorkOutcome? Read(string name, byte[] stored, bool secret)
    {
        try
        {
            if (stored.Length < 2 || stored[0] != (secret ? Encrypted : Plain))
            {
                return null;
            }

            var body = secret ? Protector(name).Unprotect(stored[1..]) : stored[1..];
            switch (body[0])
            {
                case Failure:
                    using (var reader = new BinaryReader(new MemoryStream(body, 1, body.Length - 1)))
                    {
                        return new() { Failure = new(reader.ReadString(), reader.ReadString()) };
                    }

                case Null or Value:
                    return new() { Value = new(body.AsMemory(1), IsNull: body[0] == Null, []) };
                default:
                    return null;
            }
        }
        catch (Exception error) when (error is CryptographicException or IOException)
        {
            logger.OutcomeUnreadable(error);
            return null;
        }
    }

    // The name is part of the purpose: an outcome that is moved to another name is none there.
    private IDataProtector Protector(string name) => protection!.CreateProtector("StratAI.Caching.Outcome", name);
}
