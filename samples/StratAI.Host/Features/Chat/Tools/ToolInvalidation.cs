namespace StratAI.Host.Features.Chat.Tools;

internal static class ToolInvalidation
{
    /// <summary>Every change that goes through the group drops what tools have read of the subject for the user who makes it.</summary>
    public static RouteGroupBuilder ForgetsToolResults(this RouteGroupBuilder group, ToolSubject subject) => group.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        finally
        {
            // After an exception too: it may have come behind the commit.
            if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && http.User.FindFirst("sub")?.Value is { } userId)
            {
                await http.RequestServices.GetRequiredService<ToolResults>().ForgetAsync(userId, subject);
            }
        }
    });
}
