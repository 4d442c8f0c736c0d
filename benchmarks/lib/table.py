"""The table that people read."""

HEADINGS = ("workload", "workers", "ours", "(min-max)", "CPU s", "RSS MiB", "peer", "(min-max)", "CPU s", "RSS MiB",
            "ratio", "(min-max)", "limit", "aim", "verdict")


def shown(value):
    """Four digits are more than the machine is good for."""
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:.4g}"
    return f"{value:.3f}" if abs(value) >= 0.01 or value == 0 else f"{value:.6f}"


def bound(row, value):
    if value is None:
        return ""
    return f"{value:.2f}" if row.peer else shown(value)


def span(spread):
    return f"{shown(spread.least)}-{shown(spread.most)}"


def mebibytes(kib):
    return f"{kib / 1024:.1f}"


def cells(outcome):
    """One outcome (see campaign.py) as the texts of one line."""
    row = outcome.row
    peer = ["", "", "", ""]
    ratio = ["", ""]
    if outcome.peer is not None:
        peer = [shown(outcome.peer.median), span(outcome.peer), shown(outcome.peer_cpu),
                mebibytes(outcome.peer_rss)]
        ratio = [f"{outcome.verdict.value.median:.3f}",
                 f"{outcome.verdict.value.least:.3f}-{outcome.verdict.value.most:.3f}"]
    workers = f"{row.workers}/{row.peer_workers}" if row.peer_workers else str(row.workers)
    verdict = outcome.verdict.word
    if row.limit is not None and outcome.note:
        verdict += f" ({outcome.note})"
    return [row.shown_title(outcome.size), workers, shown(outcome.ours.median), span(outcome.ours),
            shown(outcome.ours_cpu), mebibytes(outcome.ours_rss), *peer, *ratio, bound(row, row.limit), bound(row, row.aim), verdict]


def render(outcomes):
    lines = [list(HEADINGS), *[cells(outcome) for outcome in outcomes]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    texts = []
    for line in lines:
        first = line[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1])]
        texts.append("  ".join([first, *rest, line[-1]]).rstrip())
    texts.insert(1, "-" * max(len(text) for text in texts))
    return "\n".join(texts)
