"""Words and vectors together: a weighted mean of scores that are made alike. Pure."""

import numpy as np

from cogep_assist.retrieval.postings import Floats

# A small English model gained .005 nDCG@10 on Portuguese sets at this weight, and what suits a
# better model hurts with a weak one: cautious by default. COGEP_EMBED_WEIGHT is for one's own.
DENSE_WEIGHT = 0.2


def with_similarity(lexical: Floats, cosines: Floats, weight: float = DENSE_WEIGHT) -> Floats:
    """Return the weighted mean of lexical scores (0 to 1) and cosines stretched to 0 to 1.

    Cosines of one model lie close together, so their range among the candidates counts and not
    their size. A passage without its vector (NaN) is taken for an average one.
    """
    known = ~np.isnan(cosines)
    if not known.any():
        return lexical
    least, greatest = float(cosines[known].min()), float(cosines[known].max())
    if greatest <= least:
        return lexical
    stretched = (cosines - least) / (greatest - least)
    stretched[~known] = float(np.median(stretched[known]))
    fused: Floats = ((lexical + weight * stretched) / (1 + weight)).astype(np.float32)
    return fused
