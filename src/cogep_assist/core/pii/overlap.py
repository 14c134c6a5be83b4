"""One finding for each stretch of text."""

from collections.abc import Iterable
from dataclasses import replace

from cogep_assist.core.pii.finding import Finding


def strongest(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings that do not overlap, in order: the surest, then the longest, wins."""
    kept: list[Finding] = []
    for group in _touching(findings):
        kept.extend(_chosen(group))
    return sorted(kept, key=lambda finding: finding.start)


def covering(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for each stretch that any finding covers, named by the surest in it.

    What a rejected reading covers is hidden too: a doubt about the kind leaves nothing open.
    """
    return [
        group[0]
        if len(group) == 1
        else replace(
            min(group, key=_rank), start=group[0].start, end=max(each.end for each in group)
        )
        for group in _touching(findings)
    ]


def _touching(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: list[list[Finding]] = []
    end = -1
    for finding in sorted(findings, key=lambda each: (each.start, -each.end)):
        if finding.start < end:
            groups[-1].append(finding)
        else:
            groups.append([finding])
        end = max(end, finding.end)
    return groups


def _chosen(group: list[Finding]) -> list[Finding]:
    if len(group) == 1:
        return group
    chosen: list[Finding] = []
    for finding in sorted(group, key=_rank):
        if all(finding.end <= other.start or finding.start >= other.end for other in chosen):
            chosen.append(finding)
    return chosen


def _rank(finding: Finding) -> tuple[float, int, int]:
    return -finding.score, finding.start - finding.end, finding.start
