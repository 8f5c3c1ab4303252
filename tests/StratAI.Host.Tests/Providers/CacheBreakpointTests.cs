using System.Text.Json.Nodes;
using CsCheck;
using StratAI.Host.Features.Chat.Anthropic;

namespace StratAI.Host.Tests.Providers;

public sealed class CacheBreakpointTests
{
    private const string Long = "0123456789012345678901234567890123456789";

    /// <summary>A request in short: T a tool, S a block of instructions, U and A messages of text, C a call of a tool, R its result, t thinking, _ an empty text.</summary>
    [Theory]
    [InlineData("U", "U*")]
    [InlineData("SU", "S*U*")]
    [InlineData("TTSSU", "TT*SS*U*")]
    [InlineData("TSUAU", "T*S*U*AU*")]
    [InlineData("TSUAUAUAU", "T*S*UAUAU*AU*")]
    [InlineData("TSUCR", "T*S*U*CR*")]
    [InlineData("TSUCRCR", "T*S*UCR*CR*")]
    [InlineData("S_U", "S*_U*")]
    [InlineData("SUA", "S*U*A")]
    [InlineData("t", "t")]
    public void Breakpoints_stand_where_the_next_request_begins_alike(string request, string expected) => Assert.Equal(expected, Shorthand(Placed(Request(request))));

    [Theory]
    [InlineData(0, "T*S*U*AU*")]
    [InlineData(11, "TS*U*AU*")]
    [InlineData(25, "TSU*AU*")]
    [InlineData(45, "TSUAU*")]
    [InlineData(100, "TSUAU")]
    public void A_prefix_that_is_too_short_to_be_kept_has_none(int minimum, string expected) => Assert.Equal(expected, Shorthand(Placed(Request("TSUAU"), minimum: minimum)));

    [Fact]
    public void An_hour_is_for_what_stands_in_front_and_off_is_off()
    {
        var request = Placed(Request("TSUAU"), CacheLifetime.OneHour);
        Assert.Equal(["1h", "1h", "5m", "5m"], Lifetimes(request));
        Assert.Empty(Lifetimes(Placed(request, CacheLifetime.Off)));
    }

    [Fact]
    public void Those_of_others_are_taken_off()
    {
        var request = Request("TTSSUAUCRU");
        foreach (var block in All(request))
        {
            block["cache_control"] = new JsonObject { ["type"] = "ephemeral", ["ttl"] = "1h" };
        }

        request["cache_control"] = new JsonObject { ["type"] = "ephemeral" };

        Assert.Equal("TT*SS*UAUCR*U*", Shorthand(Placed(request)));
        Assert.Null(request["cache_control"]);
    }

    [Fact]
    public void There_are_never_more_than_four_and_a_longer_one_never_behind_a_shorter() =>
        Gen.Select(Gen.String["TSUACRt_"], Gen.Enum<CacheLifetime>(), Gen.Int[0, 100], Gen.Bool).Sample((text, lifetime, minimum, foreign) =>
        {
            var request = Request(text);
            foreach (var block in All(request).Where(_ => foreign))
            {
                block["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
            }

            var lifetimes = Lifetimes(Placed(request, lifetime, minimum));
            Assert.InRange(lifetimes.Count, 0, 4);
            Assert.Equal(lifetimes.OrderBy(ttl => ttl == "1h" ? 0 : 1), lifetimes);
            Assert.DoesNotContain(All(request), block => block["cache_control"] is not null && (string?)block["type"] is "thinking" || (string?)block["text"] is "" && block["cache_control"] is not null);
        });

    [Fact]
    public void A_conversation_begins_with_what_was_kept_of_it() =>
        Gen.Select(Gen.String["TS"], Gen.String["AC"], Gen.Int[1, 8]).Sample((front, kinds, turns) =>
        {
            var request = front;
            var kept = new HashSet<string>();
            for (var turn = 0; turn < turns; turn++)
            {
                // A question; then an answer, or a call and its result.
                request += "U";
                var placed = Placed(Request(request));
                var prefixes = Prefixes(placed);
                // What the last request had kept at its end is read, byte for byte.
                Assert.True(turn == 0 || prefixes.Any(kept.Contains));
                kept.UnionWith(prefixes);
                if (kinds.Length > 0 && kinds[turn % kinds.Length] == 'C')
                {
                    request += "CR";
                    prefixes = Prefixes(Placed(Request(request)));
                    Assert.Contains(prefixes, kept.Contains);
                    kept.UnionWith(prefixes);
                }

                request += "A";
            }
        });

    private static JsonObject Placed(JsonObject request, CacheLifetime lifetime = CacheLifetime.FiveMinutes, int minimum = 0)
    {
        CacheBreakpoints.Place(request, lifetime, minimum);
        return request;
    }

    private static JsonObject Request(string text)
    {
        var (tools, system, messages) = (new JsonArray(), new JsonArray(), new JsonArray());
        foreach (var (i, kind) in text.Index())
        {
            switch (kind)
            {
                case 'T':
                    tools.Add(new JsonObject { ["name"] = Long });
                    break;
                case 'S':
                    system.Add(new JsonObject { ["type"] = "text", ["text"] = Long });
                    break;
                case '_':
                    system.Add(new JsonObject { ["type"] = "text", ["text"] = "" });
                    break;
                default:
                    messages.Add(new JsonObject { ["role"] = kind is 'U' or 'R' ? "user" : "assistant", ["content"] = new JsonArray(Block(kind, i)) });
                    break;
            }
        }

        return new() { ["tools"] = tools, ["system"] = system, ["messages"] = messages };
    }

    private static JsonObject Block(char kind, int number) => kind switch
    {
        'C' => new() { ["type"] = "tool_use", ["id"] = $"call_{number}" },
        'R' => new() { ["type"] = "tool_result", ["tool_use_id"] = $"call_{number - 1}", ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Long }) },
        't' => new() { ["type"] = "thinking", ["thinking"] = Long },
        _ => new() { ["type"] = "text", ["text"] = $"{kind}{number} {Long}" },
    };

    private static IEnumerable<JsonObject> All(JsonObject request) =>
        request["tools"]!.AsArray().Concat(request["system"]!.AsArray()).Concat(request["messages"]!.AsArray().SelectMany(message => message!["content"]!.AsArray()))
            .Select(block => block!.AsObject());

    private static List<string> Lifetimes(JsonObject request) =>
        [.. All(request).Where(block => block["cache_control"] is not null).Select(block => (string?)block["cache_control"]!["ttl"] ?? "5m")];

    private static string Shorthand(JsonObject request) => string.Concat(All(request).Select(block => ((string?)block["type"]) switch
    {
        null => "T",
        "tool_use" => "C",
        "tool_result" => "R",
        "thinking" => "t",
        _ => (string?)block["text"] switch { "" => "_", Long => "S", var text => text![..1] },
    } + (block["cache_control"] is null ? "" : "*")));

    /// <summary>What the provider keeps: the request up to each breakpoint, without the breakpoints.</summary>
    private static List<string> Prefixes(JsonObject request)
    {
        var (text, prefixes) = ("", new List<string>());
        foreach (var block in All(request))
        {
            var isEnd = block.Remove("cache_control");
            text += block.ToJsonString();
            if (isEnd)
            {
                prefixes.Add(text);
            }
        }

        return prefixes;
    }
}
