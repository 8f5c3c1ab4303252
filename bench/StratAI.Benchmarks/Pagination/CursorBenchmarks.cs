using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.DataProtection;
using StratAI.Pagination;
using StratAI.Pagination.Internal;

namespace StratAI.Benchmarks.Pagination;

/// <summary>A cursor of a time and an id, made from a row and read again.</summary>
public class CursorBenchmarks
{
    private static readonly TaskRow Row = new() { Id = Guid.CreateVersion7(), CreatedAt = DateTime.UtcNow };

    private readonly AesCursorProtector _aes = new([CursorKey.Derive(new byte[32])]);
    private readonly DataProtectionCursorProtector _dataProtection = new(new EphemeralDataProtectionProvider().CreateProtector("cursors"));
    private OrderedKey<TaskRow>[] _keys = null!;
    private ulong _binding;

    [GlobalSetup]
    public void Setup()
    {
        TaskRow.Order.TryResolve("-createdAt", out var order);
        _keys = order!.Keys;
        _binding = order.Bind(new PageScope("tasks", "0193b7a2-0000-7000-8000-000000000000", "status=todo"));
    }

    [Benchmark(Baseline = true)]
    public int EncodeAndDecode() => EncodeAndDecode(_aes);

    [Benchmark]
    public string Encode() => CursorCodec.Encode(_keys, _binding, Row, Travel.After, _aes);

    [Benchmark]
    public int EncodeAndDecodeByDataProtection() => EncodeAndDecode(_dataProtection);

    private int EncodeAndDecode(ICursorProtector protector)
    {
        var cursor = CursorCodec.Encode(_keys, _binding, Row, Travel.After, protector);
        return CursorCodec.TryDecode(cursor, _keys, _binding, protector, out var position) is null
            ? position.Values.Length
            : throw new InvalidOperationException("The cursor was not read.");
    }
}
