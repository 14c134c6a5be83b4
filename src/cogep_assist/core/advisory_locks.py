"""The keys of the advisory locks under which one process acts for all, no two of them the same.

They stand in one place because they share one space: two things under one key wait for each other
without a word.
"""

from typing import Final

MIGRATION: Final = 7_204_115_901
REAPER: Final = 7_204_115_902
TICKER: Final = 7_204_115_903
SEALER: Final = 7_204_115_904
ROPA_VERSIONS: Final = 7_204_115_905
VECTOR_FILL: Final = 7_204_115_907
ADMINISTRATORS: Final = 7_204_115_911
GAP_GROUPING: Final = 7_204_115_912
MAIL_INTAKE: Final = 7_204_115_913
MAIL_WATCH: Final = 7_204_115_914
REPORT_COLUMNS: Final = 7_204_115_915
ERASURE: Final = 7_204_115_916
