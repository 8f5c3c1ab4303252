using Microsoft.AspNetCore.Mvc;

namespace StratAI.Pagination.Tests.Web;

public sealed record Row(long Id, string Title);

/// <summary>What a request was bound to, as JSON.</summary>
public sealed record Bound(int Limit, int? Offset, string? Cursor, string? Sort, CountMode Count, PageError? Error)
{
    public static Bound Of(PageRequest request) =>
        new(request.Limit, request.Offset, request.Cursor, request.Sort, request.Count, request.Error);
}

/// <summary>A list's filter that carries the page with it.</summary>
public sealed record RowFilter(string? Status, PageRequest Page);

[AttributeUsage(AttributeTargets.Method)]
public sealed class RowOrderAttribute : Attribute, IPageOrderMetadata
{
    public PageOrder Order => WebApp.Order;
}

[ApiController]
[Route("controller")]
public sealed class RowsController : ControllerBase
{
    [HttpGet("rows")]
    [RowOrder]
    public ActionResult<Page<Row>> List(PageRequest request, [FromQuery] string? status) => Ok(WebApp.List(request, status));

    [HttpGet("bound")]
    [ApiExplorerSettings(IgnoreApi = true)]
    public ActionResult<Bound> Bind(PageRequest request) => Ok(Bound.Of(request));
}

/// <summary>Controllers without <c>[ApiController]</c> look at the model state themselves.</summary>
[Route("plain")]
public sealed class PlainController : ControllerBase
{
    [HttpGet("bound")]
    public ActionResult<Bound> Bind(PageRequest request) => ModelState.IsValid ? Bound.Of(request) : Problem("The model state is invalid.");
}
