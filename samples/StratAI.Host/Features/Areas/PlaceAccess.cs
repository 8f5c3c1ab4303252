namespace StratAI.Host.Features.Areas;

/// <summary>
/// Who may see and change what is kept in a <see cref="Place"/>, as SQL over a row with <c>user_id</c>, <c>space_id</c> and
/// <c>area_id</c>. Expects <c>@userId</c>.
/// </summary>
internal static class PlaceAccess
{
    /// <summary>True for what the user can see: their own outside any space, what is in their spaces and in areas shared with them.</summary>
    public static string Visible(string row) =>
        $"""
        (({row}.space_id IS NULL AND {row}.user_id = @userId)
            OR {row}.space_id IN (SELECT m.space_id FROM space_members m WHERE m.user_id = @userId)
            OR {row}.area_id IN (SELECT s.area_id FROM area_shares s WHERE s.user_id = @userId))
        """;

    /// <summary>Of a row the user can see: 2 to change it, 3 to read it.</summary>
    public static string Rank(string row) =>
        $"""
        CASE WHEN ({row}.space_id IS NULL AND {row}.user_id = @userId)
            OR EXISTS (SELECT 1 FROM space_members m WHERE m.space_id = {row}.space_id AND m.user_id = @userId AND m.role <> 'viewer')
            OR EXISTS (SELECT 1 FROM area_shares s WHERE s.area_id = {row}.area_id AND s.user_id = @userId
                AND s.role = 'editor') THEN 2 ELSE 3 END AS rank
        """;
}
