using System.Text;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Ada, whose tools are looked at; Ben, who changes what she sees in his spaces; and Eve, who has nothing to do with either.</summary>
public sealed class ToolScene
{
    public required ApiClient Ada { get; init; }

    public required ApiClient Ben { get; init; }

    public required ApiClient Eve { get; init; }

    public required CalendarAccount Account { get; init; }

    /// <summary>Ben's, and Ada a viewer of it.</summary>
    public Guid Space { get; private set; }

    /// <summary>In that space.</summary>
    public Guid Area { get; private set; }

    /// <summary>Ben's alone.</summary>
    public Guid OtherSpace { get; private set; }

    /// <summary>In the space that is Ben's alone.</summary>
    public Guid SharedArea { get; private set; }

    public Guid OwnSpace { get; set; }

    public Guid Task { get; set; }

    public Guid Meeting { get; set; }

    public Guid Document { get; set; }

    public static async Task<ToolScene> CreateAsync(HostFixture host, HostInstance instance)
    {
        var id = Guid.NewGuid().ToString("N");
        var scene = new ToolScene
        {
            Ada = await instance.SignInAsync($"ada-{id}"), Ben = await instance.SignInAsync($"ben-{id}"), Eve = await instance.SignInAsync($"eve-{id}"),
            Account = host.Calendar.NewAccount(),
        };
        scene.Space = await scene.Ben.CreateAsync("/api/spaces", new { name = "Household" });
        scene.Area = await scene.Ben.CreateAsync($"/api/spaces/{scene.Space}/areas", new { name = "Garden" });
        scene.OtherSpace = await scene.Ben.CreateAsync("/api/spaces", new { name = "Work" });
        scene.SharedArea = await scene.Ben.CreateAsync($"/api/spaces/{scene.OtherSpace}/areas", new { name = "Office" });
        await scene.Ben.PutAsync($"/api/spaces/{scene.Space}/members/{scene.Ada.User}", new { role = "viewer" });
        await UploadAsync(scene.Eve);
        await scene.Ada.PutAsync("/api/integrations/calendar", host.Calendar.NewAccount().Body());
        await scene.Eve.PutAsync("/api/integrations/calendar", host.Calendar.NewAccount().Body());
        return scene;
    }

    public static Task<Answer> UploadAsync(ApiClient user, params (string Name, string Value)[] place) => user.UploadAsync("garden.md", Encoding.UTF8.GetBytes("Tomatoes want water."), null, place);

    public async Task UploadDirectlyAsync()
    {
        var bytes = "Tomatoes want sun."u8.ToArray();
        var begun = await Ada.BeginUploadAsync("direct.md", "text/markdown", bytes);
        await Ada.SendBytesAsync(begun, bytes);
        Assert.Equal(201, (await Ada.CompleteUploadAsync(begun)).Status);
    }
}
