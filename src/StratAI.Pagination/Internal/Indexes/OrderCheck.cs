namespace StratAI.Pagination.Internal.Indexes;

/// <summary>Holds one list against its table. A remedy counts as applied at once, so that no two findings ask for the same index.</summary>
internal sealed class OrderCheck(SchemaReader reader, PagedTable table, TableSchema schema, List<PageIndexFinding> findings)
{
    private readonly KeyReader _keys = new(reader, table.Name, schema, findings);
    private readonly List<IndexKey> _equal = [];
    private readonly List<string> _equalSql = [];
    private string? _predicate;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var sorts = table.Order.Fields.Prepend(table.Order.Default);
        var orders = sorts.Select(sort => (Sort: sort, Terms: table.Order.TermsOf(sort))).ToList();
        if (!ReadEqual() || !await TryReadPredicateAsync(cancellation).ConfigureAwait(false))
        {
            return;
        }

        var tieBreaker = orders[0].Terms[^1];
        var unique = await _keys.FindAsync(tieBreaker, cancellation).ConfigureAwait(false);
        if (unique is null)
        {
            return;
        }

        CheckUnique(tieBreaker, unique);
        foreach (var (sort, terms) in orders)
        {
            var keys = new List<CheckedKey>();
            foreach (var term in terms)
            {
                if (await _keys.FindAsync(term, cancellation).ConfigureAwait(false) is { } key)
                {
                    keys.Add(key);
                }
            }

            if (keys.Count == terms.Count)
            {
                CheckOrder(sort, terms, keys);
            }
        }
    }

    private bool ReadEqual()
    {
        foreach (var text in table.Equal)
        {
            if (_keys.FindColumn(SqlText.WithoutQualifiers(text, new HashSet<string>())) is not { } column)
            {
                Report(table.Order.Default, PageIndexProblem.NotFound, $"There is no column {text}");
                return false;
            }

            var key = new IndexKey(column.Id, false, false, column.Collation);
            if (!_equal.Contains(key))
            {
                _equal.Add(key);
                _equalSql.Add(column.Sql);
            }
        }

        return true;
    }

    private async Task<bool> TryReadPredicateAsync(CancellationToken cancellation)
    {
        if (table.Predicate is not null)
        {
            var text = SqlText.WithoutQualifiers(table.Predicate, new HashSet<string>());
            _predicate = await _keys.NormalizeAsync(table.Order.Default, text, cancellation).ConfigureAwait(false);
            return _predicate is not null;
        }

        return true;
    }

    private void CheckUnique(SortTerm term, CheckedKey tieBreaker)
    {
        // Texts that differ in their bytes may be equal in a looser collation, never the other way round.
        var isUnique = schema.Indexes.Exists(index => index.IsUnique && Covers(index) && index.Keys.Take(index.Declared).All(key =>
            (key.Id == tieBreaker.Id && (key.Collation == tieBreaker.Collation || tieBreaker.IsBinary)) || _equal.Exists(key.Holds)));
        if (!isUnique)
        {
            Report(
                term.Name,
                PageIndexProblem.NotUnique,
                "Nothing makes the tie-breaker unique among a list's rows",
                Propose([new(tieBreaker.Id, false, PutsNullsFirst(false), tieBreaker.Collation)], [tieBreaker.Sql], unique: true));
        }
    }

    private void CheckOrder(string sort, IReadOnlyList<SortTerm> terms, List<CheckedKey> keys)
    {
        var wanted = new List<IndexKey>();
        var texts = new List<string>();
        for (var i = 0; i < keys.Count; i++)
        {
            var (descending, key) = (terms[i].Descending, keys[i]);
            // Behind the first key statements put nulls last. At the first they leave it to the engine and read the nulls by themselves.
            var nullsFirst = PutsNullsFirst(descending) && !(i > 0 && terms[i].IsNullable);
            var isBeyond = reader.Dialect == SqlDialect.Sqlite && nullsFirst == descending;
            var want = new IndexKey(key.Id, descending, nullsFirst || isBeyond, key.Collation);
            if (_equal.Exists(want.Holds))
            {
                continue;
            }

            wanted.Add(want);
            texts.Add(key.Sql);
            // No index of this engine has nulls behind ascending values; from here on it sorts what ties.
            if (isBeyond)
            {
                break;
            }
        }

        if (!schema.Indexes.Exists(index => Covers(index) && Serves(index, wanted)))
        {
            Report(sort, PageIndexProblem.MissingIndex, "No index has the rows in this order", Propose(wanted, texts, unique: false));
        }
    }

    private bool Covers(TableIndex index) => index.Predicate is null || index.Predicate == _predicate;

    private bool Serves(TableIndex index, List<IndexKey> wanted)
    {
        var (prefix, keys) = (index.Keys.Take(_equal.Count).ToArray(), index.Keys.Skip(_equal.Count).ToArray());
        return _equal.TrueForAll(column => prefix.Any(key => key.Holds(column)))
            && keys.Length >= wanted.Count
            && (wanted.Zip(keys).All(pair => pair.Second.Matches(pair.First, reversed: false))
                || wanted.Zip(keys).All(pair => pair.Second.Matches(pair.First, reversed: true)));
    }

    private string Propose(IReadOnlyList<IndexKey> keys, List<string> texts, bool unique)
    {
        // Either direction serves; people write the ascending one.
        var reversed = keys is [{ Descending: true }, ..];
        var turned = keys
            .Select(key => key with { Descending = key.Descending != reversed, NullsFirst = key.NullsFirst != reversed })
            .ToArray();
        var columns = _equalSql.Concat(turned.Zip(texts, (key, text) => text
            + (key.Descending ? " DESC" : "")
            + (key.NullsFirst == PutsNullsFirst(key.Descending) ? "" : key.NullsFirst ? " NULLS FIRST" : " NULLS LAST"))).ToArray();
        schema.Indexes.Add(new([.. _equal, .. turned], _equal.Count + turned.Length, unique, _predicate));

        var name = IndexName.For(table.Name, _equalSql.Concat(texts), schema.IndexNames);
        var where = table.Predicate is null ? "" : $" WHERE {SqlText.WithoutQualifiers(table.Predicate, new HashSet<string>())}";
        return $"{reader.CreateIndex(name, table.Name, unique)} ({string.Join(", ", columns)}){where}";
    }

    private bool PutsNullsFirst(bool descending) => !SeekRange.PutsNullsLast(reader.Dialect, descending);

    private void Report(string order, PageIndexProblem problem, string detail, string? remedy = null) =>
        findings.Add(new(table.Name, order, problem, detail, remedy));
}
