using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace StratAI.Pagination.Internal;

/// <summary>Makes controllers bind a type by <see cref="PageRequestModelBinder"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PageRequestBinderAttribute : ModelBinderAttribute
{
    // Special keeps the API explorer from describing the record itself, as a query parameter and with a schema of its own.
    public PageRequestBinderAttribute()
        : base(typeof(PageRequestModelBinder)) => BindingSource = BindingSource.Special;
}
