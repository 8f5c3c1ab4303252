using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace StratAI.Pagination.Internal;

/// <summary>Binds a controller action's <see cref="PageRequest"/> as minimal APIs do: from the query string, always with success.</summary>
internal sealed class PageRequestModelBinder : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var request = PageRequestParser.Parse(bindingContext.HttpContext.Request.Query);
        // Its mistakes are in PageRequest.Error; model state would answer them before the action could, and without our codes.
        bindingContext.ValidationState[request] = new() { SuppressValidation = true };
        bindingContext.Result = ModelBindingResult.Success(request);
        return Task.CompletedTask;
    }
}
