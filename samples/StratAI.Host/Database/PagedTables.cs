using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Features.Meetings;
using StratAI.Host.Features.Pages;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Features.Tasks;
using StratAI.Pagination;

namespace StratAI.Host.Database;

/// <summary>The lists that one index each can hold in their order.</summary>
internal static class PagedTables
{
    // Not here: spaces, whose list is a join with their members; documents and pages, which a user sees as their owner, as a member of their
    // space or by a share of their area; scores, which are ranked before they are paged.
    public static void Register(PageIndexes indexes) => indexes
        .Add(TaskResource.Order, "tasks", ["user_id"])
        .Add(ConversationResource.Order, "conversations", ["user_id"])
        .Add(MessageResource.Order, "messages", ["conversation_id"])
        .Add(PageVersionSummary.Order, "page_versions", ["page_id"])
        .Add(MeetingResource.Order, "meetings", ["user_id"])
        .Add(AreaResource.Order, "areas", ["space_id"])
        .Add(MemberResource.Order, "space_members", ["space_id"]);
}
