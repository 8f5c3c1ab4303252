namespace StratAI.Pagination.Tests.Walk;

/// <summary>What a pager does wrong.</summary>
public enum Fault
{
    None,
    SkipsTies,
    RepeatsTheBorder,
    CountsByOffset,
    PagesByNumber,
    FindsItsPlaceByARowThatMayBeGone,
    SaysMoreAtTheExactEnd,
    SaysMoreWithoutACursor,
    LosesNextOnTheWayBack,
    OffersAPreviousBeforeTheFirst,
    OffersAPreviousOnTheFirst,
    DoesNotTurnBackPagesRound,
    GoesBackFromTheStart,
    OrdersTiesAnotherWayBack,
    IgnoresTheLimit,
    RepeatsARowInAPage,
    ShowsWhatIsNotInTheList,
    StandsStill,
    GoesInCircles,
    NeverEnds,
    Throws,
}
